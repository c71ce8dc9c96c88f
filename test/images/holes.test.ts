import { execFileSync } from "node:child_process";
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildImage, exportImage, importImage, removeImage, verifyImage } from "../../src/images";
import type { ImageArgs } from "../../src/model/image";
import { leakCheckEachTest } from "../support/leak-check";
import { useOwnStore } from "./own-store";
import { makeShellRootfs } from "./shell-rootfs";

// Holes of an image: what they count as, where they stay, and how many there may be.

leakCheckEachTest();
useOwnStore();

let folder: string;
beforeEach(() => void (folder = mkdtempSync("/var/tmp/sandstack-holes-")));
afterEach(() => rmSync(folder, { recursive: true }));

const MIB = 1 << 20;
const build = (args: ImageArgs) => buildImage(args);
const held = (path: string) => statSync(path).blocks * 512;

/** A file with data at both ends. */
function makeHoles(path: string, size: number): void {
  const file = openSync(path, "w");
  ftruncateSync(file, size);
  writeSync(file, "start", 0);
  writeSync(file, "end", size - 3);
  closeSync(file);
}

function plant(size: number): string {
  const tree = join(folder, "tree");
  mkdirSync(join(tree, "opt"), { recursive: true });
  makeShellRootfs(tree);
  makeHoles(join(tree, "opt/holes"), size);
  utimesSync(join(tree, "opt/holes"), 1, 1);
  return tree;
}

it("a file has one digest, with its holes and without; it keeps them in the store, and the digest over an export", async () => {
  const tree = plant(64 * MIB + 13);
  const image = await build({ from: { rootfs: tree } });
  const inStore = () => join(image.layers[0] as string, "opt/holes");
  expect(held(inStore())).toBeLessThan(MIB);
  const dense = join(folder, "dense");
  execFileSync("cp", ["--archive", "--sparse=never", tree, dense]);
  expect(held(join(dense, "opt/holes"))).toBeGreaterThan(60 * MIB);
  expect((await build({ from: { rootfs: dense } })).digest).toBe(image.digest);
  await exportImage(image.digest, join(folder, "exported"));
  await removeImage(image.digest);
  expect((await importImage(join(folder, "exported"))).digest).toBe(image.digest);
  expect(await verifyImage(image.digest)).toBe(true);
});

it("an archive that has them as such gives the same", async () => {
  const tree = plant(64 * MIB + 13);
  const archive = join(folder, "tree.tar");
  execFileSync("tar", ["-c", "--format=pax", "--sparse", "-f", archive, "-C", tree, "."]);
  expect(statSync(archive).size).toBeLessThan(16 * MIB);
  const image = await build({ from: { rootfs: archive } });
  expect(image.digest).toBe((await build({ from: { rootfs: tree } })).digest);
});

it("what `files` brings along stays so", async () => {
  makeHoles(join(folder, "mine"), 256 * MIB);
  const image = await build({ from: { rootfs: plant(MIB) }, files: { "/opt/mine": join(folder, "mine") } });
  const [files] = image.layers as [string];
  expect(statSync(join(files, "opt/mine")).size).toBe(256 * MIB);
  expect(held(join(files, "opt/mine"))).toBeLessThan(MIB);
});

it("8 TiB of them are refused at once, by the name of the file, wherever they come from", async () => {
  const tree = plant(2 ** 43);
  const refused = (name: RegExp) => ({ code: "LIMIT", message: expect.stringMatching(name) as string });
  const words = " has 8796093022208 bytes, of which \\d{4,6} are data";
  await expect(build({ from: { rootfs: tree } })).rejects.toMatchObject(refused(RegExp(`"\\./opt/holes"${words}`)));
  const files = { "/opt/mine": join(tree, "opt/holes") };
  const named = refused(RegExp(`files\\["/opt/mine"\\]: ".*/opt/holes"${words}`));
  execFileSync("cp", ["--archive", tree, join(folder, "other")]);
  rmSync(join(folder, "other/opt/holes"));
  await expect(build({ from: { rootfs: join(folder, "other") }, files })).rejects.toMatchObject(named);
});
