import { basename } from "node:path";
import { invalidOption, SandstackError } from "../model/error";
import { type ImageArgs, SOURCE_FORMS } from "../model/image";
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

/**
 * Tells where a declaration begins. Only the code of its own kind of beginning is loaded.
 * @throws SandstackError INVALID_OPTION or NOT_FOUND naming the option
 */
export async function imageSource({ from, packages = [] }: ImageArgs): Promise<Source> {
  if (typeof from !== "object" || from === null) throw invalidOption("from", from, SOURCE_FORMS);
  if ("debian" in from) {
    const { debianStep, parseDebian } = await import("./debian/debian.js");
    const image = parseDebian(from.debian, from.mirror, packages);
    const step = debianStep(image);
    return { reference: `debian:${image.suite}`, step, identity: () => step.declared };
  }
  if ("oci" in from) {
    refusePackages(packages, "an OCI image");
    const [{ parseOciPlace }, { ociIdentity, ociReference, ociStep }] = await Promise.all([
      import("./oci/reference.js"),
      import("./oci/source.js"),
    ]);
    const place = parseOciPlace("from.oci", from.oci);
    return { reference: ociReference(place), step: ociStep(place), identity: () => ociIdentity(place) };
  }
  if ("snapshot" in from) {
    refusePackages(packages, "a snapshot");
    const { snapshotStep } = await import("./snapshot/snapshot.js");
    const step = snapshotStep(from.snapshot);
    return { reference: `snapshot:${from.snapshot}`, step, identity: () => step.declared };
  }
  if (!("rootfs" in from)) throw invalidOption("from", JSON.stringify(from), SOURCE_FORMS);
  refusePackages(packages, "a rootfs");
  const { findRootfs, fingerprintRootfs, rootfsStep } = await import("./rootfs/rootfs.js");
  const rootfs = findRootfs(from.rootfs);
  const step = rootfsStep(rootfs);
  const identity = () => step.recipe({ fingerprint: fingerprintRootfs(rootfs) });
  return { reference: `rootfs:${basename(rootfs.path)}`, step, identity };
}

function refusePackages(packages: readonly string[], what: string): void {
  if (packages.length === 0) return;
  throw new SandstackError("INVALID_OPTION", `packages: ${packages.join(", ")} cannot go into ${what}.`, {
    hint: "packages goes with from.debian alone.",
  });
}
