import { basename } from "node:path";
import { invalidOption, SandstackError } from "../model/error";
import type { ImageArgs } from "../model/image";
import type { BuildContext } from "./context";
import { debianRecipe, makeDebian, parseDebian } from "./debian/debian";
import { findRootfs, makeRootfs, rootfsRecipe } from "./rootfs/rootfs";
import type { Recipe } from "./store/recipe";

/** Where an image's lowest layer comes from. */
export interface Source {
  /** For people. */
  reference: string;
  recipe: Recipe;
  make(context: BuildContext): Promise<void>;
}

const FORMS = "{ debian: suite } or { rootfs: path }";

/** @throws SandstackError INVALID_OPTION or NOT_FOUND naming the option */
export function imageSource({ from, packages = [] }: ImageArgs): Source {
  if (typeof from !== "object" || from === null) throw invalidOption("from", from, FORMS);
  if ("debian" in from) {
    const image = parseDebian(from.debian, from.mirror, packages);
    return {
      reference: `debian:${image.suite}`,
      recipe: debianRecipe(image),
      make: (context) => makeDebian(image, context),
    };
  }
  if (!("rootfs" in from)) throw invalidOption("from", JSON.stringify(from), FORMS);
  if (packages.length > 0) {
    throw new SandstackError("INVALID_OPTION", `packages: ${packages.join(", ")} cannot go into a rootfs.`, {
      hint: "packages goes with from.debian alone.",
    });
  }
  const rootfs = findRootfs(from.rootfs);
  const name = basename(rootfs.path);
  return { reference: `rootfs:${name}`, recipe: rootfsRecipe(rootfs), make: (context) => makeRootfs(rootfs, context) };
}
