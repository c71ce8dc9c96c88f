import { invalidOption } from "../../model/error";

/** What `--image` and `--package` ask for; `undefined` source is the default image's. */
export type ImageOption =
  { kind: "digest"; digest: string } | { kind: "suite"; suite: string } | { kind: "rootfs"; path: string };

/**
 * `sha256:…` is an image of the store, `debian:SUITE` a Debian or Ubuntu suite, anything with a slash a rootfs.
 * @throws SandstackError INVALID_OPTION for what is none of these
 */
export function parseImage(value: string): ImageOption {
  if (/^sha256:[0-9a-f]{64}$/.test(value)) return { kind: "digest", digest: value };
  const suite = /^debian:([a-z][a-z0-9-]*)$/.exec(value)?.[1];
  if (suite) return { kind: "suite", suite };
  if (value.includes("/")) return { kind: "rootfs", path: value };
  throw invalidOption("--image", value, "sha256:DIGEST, debian:SUITE, or the path of a rootfs such as ./rootfs.tar");
}
