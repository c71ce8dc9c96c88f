import { readDeadline, readIntent } from "../ledger/entry";
import type { OwnedObject } from "../../model/tier";

/** Whose an object is, and until when. */
export type Marks = Pick<OwnedObject, "owner" | "sandbox" | "createdAt" | "deadline">;

/** Where no record says whose it is any more. */
export const UNKNOWN_OWNER = "unknown";

/** The marks of what belongs to a sandbox, from the ledger; without a readable record there, what its file tells. */
export function marksOf(sandbox: string, changedAt: number): Marks {
  try {
    const intent = readIntent(sandbox);
    if (intent) {
      const { owner, createdAt } = intent.spec;
      return { owner, sandbox, createdAt, deadline: readDeadline(intent) };
    }
  } catch {
    // A corrupt record is told by the listing of records.
  }
  return { owner: UNKNOWN_OWNER, sandbox, createdAt: Math.round(changedAt) };
}
