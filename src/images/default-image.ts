import { SandstackError } from "../model/error";
import type { ImageArgs } from "../model/image";
import { machineSuite } from "./debian/machine";

/**
 * What a sandbox is made from when nothing is said: this machine's own Debian or Ubuntu suite with Python.
 * @throws SandstackError UNSUPPORTED on a machine that runs neither
 */
export function defaultImage(): ImageArgs {
  const suite = machineSuite();
  if (suite !== undefined) return { from: { debian: suite }, packages: ["python3-minimal"] };
  throw new SandstackError(
    "UNSUPPORTED",
    "image: there is no default on this machine, which runs neither Debian nor Ubuntu.",
    {
      hint: 'Say what to build from, e.g. { from: { rootfs: "./rootfs.tar" } }.',
    },
  );
}
