import { invalidOption, SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import type { Step } from "../step";
import { requireTool } from "../tool/require";
import { giveIdentity } from "../tree/identity";
import { fetchDebs } from "./fetch";
import { readControls } from "./controls";
import { checkInstalled } from "./installed";
import { runMmdebstrap } from "./mmdebstrap";
import { type DebianPins, parseDebianPins } from "./pins";
import { makeRepository } from "./repository";
import { resolveDebian } from "./resolve";
import { architecture } from "./scratch-apt";
import { settleTimes, tidy } from "./tidy";
import { openWorkshop } from "./workshop";

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

export function debianStep(image: DebianImage): Step<DebianPins> {
  const { suite, mirror, packages } = image;
  return {
    name: "source",
    declared: { debian: suite, ...(mirror === undefined ? {} : { mirror }), packages },
    pinned: "outside",
    tools: ["mmdebstrap"],
    parse: parseDebianPins,
    resolve: (context) => resolveDebian(image, context),
    recipe: (pins) => ({
      debian: suite,
      mirror,
      archives: pins.archives,
      asked: packages,
      packages: pins.packages.map(({ sha256 }) => sha256),
    }),
    make: (pins, context) => makeDebian(image, pins, context),
  };
}

async function makeDebian(image: DebianImage, pins: DebianPins, context: BuildContext): Promise<void> {
  const { suite, mirror, packages } = image;
  const { signal } = context;
  const own = await architecture();
  if (pins.architecture !== own) {
    throw new SandstackError(
      "UNSUPPORTED",
      `from.debian: the lock is for ${pins.architecture}, and this machine is ${own}.`,
      {
        hint: "Images are of the machine that builds them: keep a lock for each kind.",
      },
    );
  }
  requireTool("mmdebstrap", "mmdebstrap");
  await fetchDebs(image, pins.packages, context);
  const controls = await readControls(pins.packages, context);
  const installed = controls.reduce((sum, control) => sum + control.installed, 0);
  await using workshop = await openWorkshop(installed, context);
  const { tree } = workshop;
  await makeRepository(suite, controls, workshop, context);
  // Which version is the pins' matter: the repository has one of each.
  const names = packages.map((name) => name.replace(/=.*/, ""));
  await runMmdebstrap({ suite, packages: names, workshop, count: pins.packages.length }, context);
  checkInstalled(tree, pins.packages);
  context.report("storing", 0.92);
  tidy(tree, pins, mirror);
  giveIdentity(tree);
  await settleTimes(tree, signal);
  await workshop.finish();
}
