import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { defaultImage, findImage, removeImage } from "../../src/images";
import { Calls } from "../unit/provider/calls";
import { checked, declared, destroyAfterEach } from "./declared";

destroyAfterEach();

const image = new Calls("sandstack:local:Image");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync("/var/tmp/provider-image-");
  // An image has the modes of what it is made from.
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

it("an image is built with its files, is there at once the second time, and stays in the store", async () => {
  writeFileSync(join(folder, "main.py"), "print('v1')\n");
  const files = { "/opt/agent": { path: folder }, "/opt/note": { text: "a text\n" } };
  const inputs = await checked(image, { ...defaultImage(), files });
  const built = await image.create(inputs);
  expect(built).toMatchObject({ id: built.outputs["digest"], outputs: { state: "stored" } });
  expect(image.progress.filter((line) => !line.startsWith(image.urn))).toEqual([]);
  expect(image.progress.length).toBeGreaterThan(0);
  expect(await image.create(inputs)).toEqual(built);
  expect(await image.diff(await image.read(built), inputs)).toMatchObject({ changes: "none" });

  const stack = await declared({ image: built.id });
  const sandbox = await Sandbox.connect(stack.instance.outputs["connection"] as string);
  const { stdout } = await sandbox.commands.run("python3 /opt/agent/main.py; cat /opt/note; stat -c '%a %U' /opt/note");
  expect(stdout).toBe("v1\na text\n644 root\n");
  sandbox.disconnect();

  await image.delete(built);
  expect(await findImage(built.id)).toBeDefined();
  await removeImage(built.id);
  expect((await image.diff(await image.read(built), inputs)).detail).toEqual({ state: "update-replace!" });
});

it("an engine that gives up aborts the build", async () => {
  const calls = new Calls("sandstack:local:Image");
  const inputs = await checked(calls, { ...defaultImage(), files: { "/opt/other": { text: folder } } });
  await new Promise((resolve) => calls.provider.cancel({ request: undefined }, resolve));
  await expect(calls.create(inputs)).rejects.toThrow(/abort/i);
});
