import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseIdentity, isAlive } from "../system/process";
import { ifThere } from "../system/system-error";
import { isDeclared, parseIntent, type Intent } from "./intent";

/** A guest ends its sandbox at the deadline and takes its grace, on whichever tier. */
const OVERDUE_MS = 5_000;
/** The longest ttl. */
const ABANDONED_MS = 30 * 86_400_000;

/** The word of another ledger on a sandbox: that it is its own, or that its time is over and nobody holds it. */
export type Word = "held" | "over";

/**
 * Reads what the ledger in a state directory says of a sandbox; `undefined` where it does not know it. Whatever is in
 * doubt is held: it is for that ledger's own gc.
 */
export function wordOf(state: string, id: string, now = Date.now()): Word | undefined {
  const entry = join(state, "sandboxes", id);
  if (!existsSync(entry)) return undefined;
  try {
    const keeper = parseIdentity(ifThere(() => readFileSync(join(entry, "keeper"), "utf8")) ?? "");
    if (keeper !== undefined && isAlive(keeper)) return "held";
    const intent = readIntent(entry);
    if (intent === undefined) return "held";
    const moved = Number.parseInt(ifThere(() => readFileSync(join(entry, "deadline"), "utf8")) ?? "", 10);
    const deadline = Number.isNaN(moved) ? intent.spec.deadline : moved;
    // Sandboxes that a stack has declared are left to it, also when they have ended.
    return now >= deadline + (isDeclared(intent) ? ABANDONED_MS : OVERDUE_MS) ? "over" : "held";
  } catch {
    return "held";
  }
}

/** Whether the ledger in a state directory has anything of an owner. What can't be read may be. */
export function hasOwner(state: string, owner: string): boolean {
  const entries = ifThere(() => readdirSync(join(state, "sandboxes"))) ?? [];
  return entries.some((id) => {
    try {
      return readIntent(join(state, "sandboxes", id))?.spec.owner === owner;
    } catch {
      return true;
    }
  });
}

function readIntent(entry: string): Intent | undefined {
  const path = join(entry, "intent.json");
  const text = ifThere(() => readFileSync(path, "utf8"));
  return text === undefined ? undefined : parseIntent(text, path);
}
