import { invalidOption } from "../../model/error";
import type { Step } from "../step";
import { type DebianPins, parseDebianPins } from "./pins";

/** A suite of Debian or Ubuntu with packages, every value checked. */
export interface DebianImage {
  suite: string;
  mirror?: string;
  /** Sorted, each once. */
  packages: readonly string[];
}

/** @throws SandstackError INVALID_OPTION naming the option */
export function parseDebian(suite: string, mirror: string | undefined, packages: readonly string[]): DebianImage {
  if (!/^[a-z][a-z0-9-]*$/.test(suite)) {
    throw invalidOption("from.debian", suite, 'the name of a Debian or Ubuntu suite such as "bookworm" or "noble"');
  }
  if (mirror !== undefined && !/^https?:\/\/[^\s/@]+(\/\S*)?$/.test(mirror)) {
    // A password would get into the image; it is not for the message either.
    const shown = mirror.replace(/\/\/[^/]*@/, "//…@");
    throw invalidOption("from.mirror", shown, 'an archive\'s address such as "http://mirror.example/debian"');
  }
  for (const name of packages) {
    // apt would take `git-` for one that is not wanted.
    if (!/^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?(?<!-)$/.test(name)) {
      throw invalidOption("packages", name, 'names of Debian packages such as "git", or "git=1:2.39.5-0+deb12u2"');
    }
  }
  return { suite, mirror, packages: [...new Set(packages)].sort() };
}

/** The lowest layer of a suite: its essential packages and apt, then those that are declared. */
export function debianStep(image: DebianImage): Step<DebianPins> {
  const { suite, mirror, packages } = image;
  return {
    name: "source",
    declared: { debian: suite, ...(mirror === undefined ? {} : { mirror }), packages },
    pinned: "outside",
    tools: ["mmdebstrap"],
    parse: parseDebianPins,
    resolve: async (context) => (await import("./resolve.js")).resolveDebian(image, context),
    recipe: (pins) => ({
      debian: suite,
      mirror,
      archives: pins.archives,
      asked: packages,
      packages: pins.packages.map(({ sha256 }) => sha256),
    }),
    make: async (pins, context) => (await import("./make.js")).makeDebian(image, pins, context),
  };
}
