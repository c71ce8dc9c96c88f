import { invalidOption } from "../../model/error";
import type { BuildContext } from "../context";
import type { Step } from "../step";
import { requireTool } from "../tool/require";
import { giveIdentity } from "../tree/identity";
import { carriedAptConfig } from "./apt-config";
import { findArchives } from "./archives";
import { candidatesOf, candidatesOfMirror } from "./candidates";
import { keepDebs } from "./deb-store";
import { machineSources, machineSuite } from "./machine";
import { dumpAptConfig, runMmdebstrap } from "./mmdebstrap";
import { settleTimes, tidy } from "./tidy";

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
    throw invalidOption("from.mirror", shown, 'an archive\'s address such as "http://deb.debian.org/debian"');
  }
  for (const name of packages) {
    if (!/^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?$/.test(name)) {
      throw invalidOption("packages", name, 'names of Debian packages such as "git", or "git=1:2.39.5-0+deb12u2"');
    }
  }
  return { suite, mirror, packages: [...new Set(packages)].sort() };
}

export function debianStep(image: DebianImage): Step {
  const declared = { debian: image.suite, mirror: image.mirror, packages: image.packages };
  return {
    name: "source",
    declared,
    pinned: "here",
    resolve: () => Promise.resolve({}),
    recipe: () => declared,
    make: (_, context) => makeDebian(image, context),
  };
}

async function makeDebian({ suite, mirror, packages }: DebianImage, context: BuildContext): Promise<void> {
  const { work, signal } = context;
  requireTool("mmdebstrap", "mmdebstrap");
  context.report("looking for the suite", 0, suite);
  const candidates = mirror ? candidatesOfMirror(suite, mirror) : candidatesOf(suite, machineSources(), machineSuite());
  const archives = await findArchives(suite, candidates, work.path, signal);
  const aptConfig = carriedAptConfig(await dumpAptConfig(signal));
  await runMmdebstrap({ name: suite, packages, sources: archives.sources }, aptConfig, context);
  context.report("storing", 0.92);
  keepDebs(work.tree);
  tidy(work.tree, archives, mirror);
  giveIdentity(work.tree);
  await settleTimes(work.tree, signal);
}
