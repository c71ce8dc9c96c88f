import type { ResourceState } from "../../engine";
import { SandstackError } from "../../model/error";
import type { OwnedObject } from "../../model/tier";
import { oneLine } from "../../model/visible";
import { formatTable } from "../table";
import type { Belongings } from "./belongings";

/** One thing that was made for a stack. */
export interface Made {
  kind: "sandbox" | "snapshot";
  name: string;
  id: string;
  madeAt: Date;
  /** It is not there any more. */
  gone: boolean;
}

/** What a stack has made, what of it is gone, and what is left of its owners on this machine. */
export interface Receipt {
  owners: string[];
  made: Made[];
  /**
   * Objects of the machine and its engines (processes, cgroups, layers, containers …) that were there before, and of those
   * how many are gone.
   */
  objects: { before: number; gone: number };
  left: OwnedObject[];
}

/**
 * @param resources of the state before: they name what the ledger has by id
 * @param before what there was, and `after` what there is now
 */
export function receiptOf(resources: readonly ResourceState[], before: Belongings, after: Belongings): Receipt {
  const names = new Map(resources.map(({ id, urn }) => [id, urn.split("::").at(-1)]));
  const stillThere = new Set([...after.sandboxes, ...after.snapshots].map(({ id }) => id));
  const made = (kind: Made["kind"]) => (one: { id: string; createdAt: number; name?: string }) => ({
    kind,
    name: names.get(one.id) ?? one.name ?? "-",
    id: one.id,
    madeAt: new Date(one.createdAt),
    gone: !stillThere.has(one.id),
  });
  const places = new Set(after.objects.map(placeOf));
  return {
    owners: before.owners,
    made: [...before.sandboxes.map(made("sandbox")), ...before.snapshots.map(made("snapshot"))],
    objects: {
      before: before.objects.length,
      gone: before.objects.filter((object) => !places.has(placeOf(object))).length,
    },
    left: after.objects,
  };
}

const placeOf = ({ kind, where }: OwnedObject) => `${kind} ${where}`;

export function formatReceipt({ made, objects, left }: Receipt): string {
  const rows = made.map(({ kind, name, id, madeAt, gone }) => [
    kind,
    name,
    id,
    madeAt.toISOString().slice(0, 19).replace("T", " "),
    gone ? "gone" : "still there",
  ]);
  const table = rows.length === 0 ? "nothing was made\n" : formatTable(["MADE", "NAME", "ID", "AT (UTC)", "NOW"], rows);
  const machine = `${objects.before} objects bore its mark: ${objects.gone} are gone\n`;
  const rest = left.map(({ kind, where, sandbox }) => `  ${kind} ${oneLine(where)} (of ${sandbox})\n`).join("");
  return `Receipt\n${indent(table)}${indent(machine)}${indent(left.length === 0 ? "left: nothing\n" : `left: ${left.length}\n${rest}`)}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "    ");
}

/** What is left was made by nobody that state and ledger know: it is named, and left alone. */
export function leftBehind({ left, owners }: Receipt): SandstackError {
  const what = left.map(({ kind, where }) => `${kind} ${oneLine(where)}`).join(", ");
  return new SandstackError(
    "LEFT_BEHIND",
    `Of owner ${owners.join(", ")} is left what this stack did not know: ${what}.`,
    {
      hint: "It was left alone. `sandstack gc` removes it once its deadline has passed; `sandstack gc --orphans` lists it.",
    },
  );
}
