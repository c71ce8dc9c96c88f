import { basename } from "node:path";
import { invalidOption, SandstackError } from "../model/error";
import type { ImageArgs } from "../model/image";
import { debianStep, parseDebian } from "./debian/debian";
import { findRootfs, fingerprintRootfs, rootfsStep } from "./rootfs/rootfs";
import type { Step } from "./step";
import type { Recipe } from "./store/recipe";

/** Where an image's lowest layer comes from. */
export interface Source {
  /** For people. */
  reference: string;
  step: Step;
  /** Tells this beginning from another, without building or reading it. */
  identity(): Recipe;
}

const FORMS = "{ debian: suite } or { rootfs: path }";

/** @throws SandstackError INVALID_OPTION or NOT_FOUND naming the option */
export function imageSource({ from, packages = [] }: ImageArgs): Source {
  if (typeof from !== "object" || from === null) throw invalidOption("from", from, FORMS);
  if ("debian" in from) {
    const image = parseDebian(from.debian, from.mirror, packages);
    const step = debianStep(image);
    return { reference: `debian:${image.suite}`, step, identity: () => step.declared };
  }
  if (!("rootfs" in from)) throw invalidOption("from", JSON.stringify(from), FORMS);
  if (packages.length > 0) {
    throw new SandstackError("INVALID_OPTION", `packages: ${packages.join(", ")} cannot go into a rootfs.`, {
      hint: "packages goes with from.debian alone.",
    });
  }
  const rootfs = findRootfs(from.rootfs);
  const step = rootfsStep(rootfs);
  const identity = () => step.recipe({ fingerprint: fingerprintRootfs(rootfs) });
  return { reference: `rootfs:${basename(rootfs.path)}`, step, identity };
}
