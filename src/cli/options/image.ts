import { SandstackError, invalidOption } from "../../model/error";
import type { ImageArgs } from "../../model/image";

/** What `--image` names. */
export type ImageOption =
  | { kind: "digest"; digest: string }
  | { kind: "suite"; suite: string }
  | { kind: "oci"; reference: string }
  | { kind: "rootfs"; path: string };

/**
 * `sha256:…` (or a beginning of it) is an image of the store, `debian:SUITE` a Debian or Ubuntu suite, `oci:REFERENCE` an OCI image, anything
 * else with a slash a rootfs.
 * @throws SandstackError INVALID_OPTION for what is none of these
 */
export function parseImage(value: string): ImageOption {
  if (/^sha256:[0-9a-f]{8,64}$/.test(value)) return { kind: "digest", digest: value };
  const suite = /^debian:([a-z][a-z0-9-]*)$/.exec(value)?.[1];
  if (suite) return { kind: "suite", suite };
  const reference = /^oci:(.+)$/.exec(value)?.[1];
  if (reference) return { kind: "oci", reference };
  if (value.includes("/")) return { kind: "rootfs", path: value };
  const right = "sha256:DIGEST, debian:SUITE, oci:REFERENCE, or the path of a rootfs such as ./rootfs.tar";
  const similar = similarTo(value);
  throw invalidOption("--image", value, similar === undefined ? right : `${right}. Did you mean ${similar}?`);
}

/** Suites that people know by name. */
const SUITES = /^(sid|testing|(old)*stable|buster|bullseye|bookworm|trixie|forky|focal|jammy|noble)$/;

/** A suite by itself, or what a registry may have. */
function similarTo(value: string): string | undefined {
  if (SUITES.test(value)) return `debian:${value}`;
  return /^[a-z0-9][a-z0-9._-]*(:[\w.-]+)?$/.test(value) ? `oci:${value}` : undefined;
}

/**
 * What `--image` and `--package` ask for together, as Sandbox.create takes it.
 * @param defaultImage what is built where no image is named
 * @throws SandstackError INVALID_OPTION for packages on what is not built from a suite
 */
export function imageOf(
  image: ImageOption | undefined,
  packages: readonly string[],
  defaultImage: () => ImageArgs,
): string | ImageArgs | undefined {
  if (image?.kind === "suite") return { from: { debian: image.suite }, packages };
  if (packages.length === 0) return withoutPackages(image);
  if (image === undefined) {
    const args = defaultImage();
    return { ...args, packages: [...(args.packages ?? []), ...packages] };
  }
  throw new SandstackError("INVALID_OPTION", `--package: ${JSON.stringify(packages[0])} can't be put on this image.`, {
    hint: "--package is for an image that is built from a suite: --image debian:SUITE, or no --image.",
  });
}

function withoutPackages(image: Exclude<ImageOption, { kind: "suite" }> | undefined): string | ImageArgs | undefined {
  if (image?.kind === "oci") return { from: { oci: image.reference } };
  return image?.kind === "digest" ? image.digest : image?.path;
}
