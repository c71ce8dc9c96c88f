import { afterEach, expect, it } from "vitest";
import { imageHelpers } from "../../runtime/image-helpers";
import { buildLocked, defaultImage, removeImage, verifyLock } from "../../src/images";
import type { ImageArgs } from "../../src/model/image";
import { leakCheckEachTest } from "../support/leak-check";
import { everywhere, onTiers } from "./layers";

// What agents are really given, from the registries that this machine gets its packages from.

leakCheckEachTest();

const made: string[] = [];
afterEach(async () => {
  for (const digest of made.splice(0)) await removeImage(digest);
});

it("a data-science image is built, runs on every tier, and is made again equal from its lock", async () => {
  const args: ImageArgs = { ...defaultImage(), packages: ["python3"], python: ["numpy", "pandas"] };
  const { image, lock } = await buildLocked(args, imageHelpers);
  made.push(image.digest);
  const program = [
    "import numpy, pandas",
    'frame = pandas.DataFrame({"k": ["a", "b", "a"], "v": numpy.arange(3.0)})',
    'print(frame.groupby("k").v.sum().to_dict())',
  ];
  expect(await onTiers(image, ["python3", "-c", program.join("\n")])).toEqual(everywhere("{'a': 2.0, 'b': 1.0}\n"));
  expect(await verifyLock(args, lock, imageHelpers)).toEqual({
    equal: true,
    locked: image.digest,
    digest: image.digest,
    movedOn: [],
  });
});
