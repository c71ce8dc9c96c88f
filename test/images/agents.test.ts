import { afterEach, expect, it } from "vitest";
import { imageHelpers } from "../../runtime/image-helpers";
import { buildLocked, removeImage, verifyLock } from "../../src/images";
import type { ImageArgs } from "../../src/model/image";
import { leakCheckEachTest } from "../support/leak-check";
import { AGENT_BASE, everywhere, onTiers } from "./layers";

// What agents are really given, from the registries that this machine gets its packages from.

leakCheckEachTest();

const made: string[] = [];
afterEach(async () => {
  for (const digest of made.splice(0)) await removeImage(digest);
});

const SCIENCE = `
import numpy, pandas
frame = pandas.DataFrame({"k": ["a", "b", "a"], "v": numpy.arange(3.0)})
print(frame.groupby("k").v.sum().to_dict())
`;
const AGENT = `
const { transformSync } = require("esbuild");
console.log(transformSync("const a: number = 1", { loader: "ts" }).code.trim());
`;

it("data science and a Node agent are built, run on every tier, and are made again equal from their lock", async () => {
  const args: ImageArgs = {
    ...AGENT_BASE,
    python: ["numpy", "pandas"],
    npm: ["esbuild", "cowsay@1.6.0"],
    files: { "/opt/agent/science.py": { text: SCIENCE }, "/opt/agent/main.cjs": { text: AGENT } },
  };
  const { image, lock } = await buildLocked(args, imageHelpers);
  made.push(image.digest);
  const said = await onTiers(image, "cd /opt/agent; python3 science.py; node main.cjs; esbuild --version | wc -l");
  expect(said).toEqual(everywhere("{'a': 2.0, 'b': 1.0}\nconst a = 1;\n1\n"));
  expect(await verifyLock(args, lock, imageHelpers)).toEqual({
    equal: true,
    locked: image.digest,
    digest: image.digest,
    movedOn: [],
  });
}, 300_000);
