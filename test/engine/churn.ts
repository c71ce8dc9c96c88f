import { join } from "node:path";
import { File } from "./file-resource";

const MS = 30;

/** A program of which, from round to round, some files stay, some change, some are replaced and some come and go. */
export function declareChurn(world: string, round: number): void {
  const path = (name: string) => join(world, name);
  const kept = new File("kept", { path: path("kept"), content: "x", ms: MS });
  new File("changed", { path: path("changed"), content: `${round}`, ms: MS });
  const replaced = new File("replaced", { path: path(`replaced-${round}`), content: "x", ms: MS }, { dependsOn: kept });
  const first = { path: path(`first-${round % 2}`), content: "x", ms: MS, deleteFirst: true };
  new File("deleted-first", first, { dependsOn: kept });
  new File("follower", { path: path("follower"), content: replaced.path, ms: MS });
  if (round % 2 === 0) new File("sometimes", { path: path("sometimes"), content: kept.path, ms: MS });
}

/** What a round leaves in the world. */
export function churnFiles(round: number): string[] {
  const names = ["changed", `first-${round % 2}`, "follower", "kept", `replaced-${round}`];
  return (round % 2 === 0 ? [...names, "sometimes"] : names).sort();
}
