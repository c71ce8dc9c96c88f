import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import type { Image } from "../../src/model/image";
import { statePath } from "../../src/model/state-dir";

/** The image that sandboxes of the tests are made from; built by global-setup, so at once there. */
export function defaultTestImage(): Promise<Image> {
  // Stands in until src/images is there.
  const root = statePath("images", "stand-in");
  if (!existsSync(root)) {
    mkdirSync(`${root}.tmp`, { recursive: true });
    execFileSync("tar", ["-xf", "/var/tmp/dev-rootfs.tar", "-C", `${root}.tmp`]);
    execFileSync("chroot", [`${root}.tmp`, "sh", "-c", "id agent || useradd -m -u 1000 -s /bin/sh agent"]);
    renameSync(`${root}.tmp`, root);
  }
  return Promise.resolve({ digest: "sha256:stand-in", reference: "stand-in", sizeBytes: 0, layers: [root] });
}
