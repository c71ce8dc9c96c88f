import { createHash } from "node:crypto";
import { linkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildContext } from "../context";
import { blobPath } from "../store/blob";
import type { Control } from "./controls";
import { debFileName } from "./pins";
import { layPlainDebs } from "./plain-debs";
import { DOWNLOADED } from "./progress";
import type { Workshop } from "./workshop";

/**
 * Makes the workshop's archive, which has the pinned packages of the store and nothing else: whatever apt chooses from
 * it, it chooses these.
 */
export async function makeRepository(
  suite: string,
  controls: readonly Control[],
  { repository, inMemory }: Workshop,
  context: BuildContext,
): Promise<void> {
  if (inMemory) {
    context.report("decompressing packages", DOWNLOADED);
    await layPlainDebs(controls, repository, context);
  } else for (const { deb } of controls) linkSync(blobPath("debs", deb.sha256), join(repository, debFileName(deb)));
  // apt finds the files where it would put them, and looks at their sizes alone: their hashes were checked in the store.
  const index = controls.map(({ deb, fields }) => {
    const { size } = statSync(join(repository, debFileName(deb)));
    return `${fields}\nFilename: ./${debFileName(deb)}\nSize: ${size}\n`;
  });
  const list = index.join("\n");
  const hash = createHash("sha256").update(list).digest("hex");
  const release = [
    `Suite: ${suite}`,
    `Codename: ${suite}`,
    "SHA256:",
    ` ${hash} ${Buffer.byteLength(list)} Packages`,
    "",
  ];
  writeFileSync(join(repository, "Packages"), list, { mode: 0o644 });
  writeFileSync(join(repository, "Release"), release.join("\n"), { mode: 0o644 });
}
