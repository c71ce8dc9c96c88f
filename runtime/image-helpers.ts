import { openBuildSandbox } from "./build-sandbox";

/** What a build of an image asks of the tiers: where its `run` commands run, and the files of a snapshot. */
export const imageHelpers = { sandbox: openBuildSandbox, snapshot: snapshotFiles };

async function snapshotFiles(id: string) {
  const { resolveSnapshot } = await import("../src/tiers/index.js");
  return resolveSnapshot(id, "nspawn");
}
