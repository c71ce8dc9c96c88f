import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { requireTool } from "../tool/require";
import { giveIdentity } from "../tree/identity";
import { readControls } from "./controls";
import type { DebianImage } from "./debian";
import { fetchDebs } from "./fetch";
import { checkInstalled } from "./installed";
import { runMmdebstrap } from "./mmdebstrap";
import type { DebianPins } from "./pins";
import { makeRepository } from "./repository";
import { architecture } from "./scratch-apt";
import { settleTimes, tidy } from "./tidy";
import { openWorkshop } from "./workshop";

/** Makes the layer of a suite from its pins: packages by hash into the store, then installed without a network. */
export async function makeDebian(image: DebianImage, pins: DebianPins, context: BuildContext): Promise<void> {
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
