/** The files of a snapshot, for an image that is to be made of them. */
export async function snapshotFiles(id: string) {
  const { resolveSnapshot } = await import("../src/tiers/index.js");
  return resolveSnapshot(id);
}
