import { formatTable } from "../../src/cli/table";
import type { OwnedObject } from "../../src/model/tier";
import { owned } from "../../src/tiers";

/** What was made for one owner, what of it is gone, and what is left: as this machine tells it, not as we remember it. */
export class Receipt {
  private readonly seen = new Map<string, OwnedObject>();

  constructor(
    private readonly owner: string,
    private readonly look: (owner: string) => OwnedObject[] = owned,
  ) {}

  /** Notes what is there now: only what was seen once is on the receipt. */
  note(): void {
    for (const object of this.look(this.owner)) this.seen.set(nameOf(object), object);
  }

  /** What is still there. */
  get left(): OwnedObject[] {
    return this.look(this.owner);
  }

  /** A line per kind of object, and one for each object that is left. */
  format(): string {
    const left = this.left;
    for (const object of left) this.seen.set(nameOf(object), object);
    const made = countByKind(this.seen.values());
    const still = countByKind(left);
    const rows = [...made].sort().map(([kind, count]) => {
      const remaining = still.get(kind) ?? 0;
      return [kind, String(count), String(count - remaining), String(remaining)];
    });
    return formatTable(["what", "made", "gone", "left"], rows) + left.map((one) => `left: ${nameOf(one)}\n`).join("");
  }
}

function nameOf({ kind, where }: OwnedObject): string {
  return `${kind} ${where}`;
}

function countByKind(objects: Iterable<OwnedObject>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
