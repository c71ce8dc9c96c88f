import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildImage, cleanImageBuilds, findImage, listImages, removeImage, verifyImage } from "../../src/images";
import type { ImageArgs } from "../../src/model/image";
import { statePath } from "../../src/model/state-dir";
import { leakCheckEachTest } from "../support/leak-check";
import { until } from "../support/until";
import { startBuilder } from "./builder";
import { NOTHING, storeContent, useOwnStore } from "./own-store";

leakCheckEachTest();
useOwnStore();

let folder: string;
let args: ImageArgs;

beforeEach(() => {
  folder = mkdtempSync("/var/tmp/sandstack-source-");
  mkdirSync(join(folder, "tree/etc"), { recursive: true });
  writeFileSync(join(folder, "tree/etc/word"), "word\n");
  writeFileSync(join(folder, "file"), "file\n");
  args = { from: { rootfs: join(folder, "tree") }, files: { "/file": join(folder, "file") } };
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A rootfs that takes some tenths of a second to take in. */
let large: string;
beforeAll(() => {
  const place = mkdtempSync("/var/tmp/sandstack-large-");
  mkdirSync(join(place, "etc"));
  for (let i = 0; i < 3500; i++) writeFileSync(join(place, "etc", `f${i}`), `${i}`.repeat(200));
  large = `${place}.tar`;
  execFileSync("tar", ["-cf", large, "-C", place, "."]);
  rmSync(place, { recursive: true });
});
afterAll(() => rmSync(large));

describe("an image of the store", () => {
  it("is found by digest and by reference, and listed, the latest first", async () => {
    const first = await buildImage(args);
    const second = await buildImage({ from: args.from });
    expect(await findImage(first.digest)).toEqual(first);
    expect(await findImage("rootfs:tree")).toEqual(second);
    expect(await findImage("rootfs:other")).toBeUndefined();
    expect((await listImages()).map(({ digest }) => digest)).toEqual([second.digest, first.digest]);
    expect(first.sizeBytes).toBeGreaterThan("word\nfile\n".length);
  });

  it("is at once there when asked for again", async () => {
    const first = await buildImage(args);
    const inode = lstatSync(first.layers[1] as string).ino;
    const began = performance.now();
    expect(await buildImage(args)).toEqual(first);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(lstatSync(first.layers[1] as string).ino).toBe(inode);
  });

  it("goes with the layers that no other image has; going twice is no error", async () => {
    const both = await buildImage(args);
    const base = await buildImage({ from: args.from });
    await removeImage(both.digest);
    await removeImage(both.digest);
    expect(await findImage(both.digest)).toBeUndefined();
    expect(existsSync(both.layers[0] as string)).toBe(false);
    expect(await findImage(base.digest)).toEqual(base);
    await removeImage(base.digest);
    expect(storeContent()).toEqual(NOTHING);
  });

  it.each<[string, (root: string, digest: string) => void]>([
    ["a layer is missing", (root) => rmSync(join(root, ".."), { recursive: true })],
    ["a layer's tree is missing", (root) => rmSync(root, { recursive: true })],
    ["a layer's record is cut short", (root) => truncateSync(join(root, "../layer.json"), 20)],
    ["the manifest is cut short", (_, digest) => truncateSync(manifest(digest), 30)],
    ["the manifest is empty", (_, digest) => truncateSync(manifest(digest), 0)],
    [
      "the manifest names another layer",
      (_, digest) => swap(manifest(digest), /"[0-9a-f]{64}"/, `"${"0".repeat(64)}"`),
    ],
    ["the recipe is no JSON", () => spoilRecipes()],
  ])("is made again when %s", async (_, spoil) => {
    const image = await buildImage(args);
    spoil(image.layers[1] as string, image.digest);
    expect(await buildImage(args)).toEqual(image);
    expect(readFileSync(join(image.layers[1] as string, "etc/word"), "utf8")).toBe("word\n");
    expect(await verifyImage(image.digest)).toBe(true);
  });

  it.each<[string, (root: string) => void]>([
    ["a byte", (root) => appendFileSync(join(root, "etc/word"), "!")],
    ["an owner", (root) => chownSync(join(root, "etc/word"), 7, 7)],
    ["a new file", (root) => writeFileSync(join(root, "etc/new"), "")],
  ])("that was tampered with (%s) is found by reading it again, thrown out and made again", async (_, tamper) => {
    const image = await buildImage(args);
    const base = await buildImage({ from: args.from });
    expect(await verifyImage(image.digest)).toBe(true);
    tamper(image.layers[1] as string);
    expect(await verifyImage(image.digest)).toBe(false);
    expect(await listImages()).toEqual([]);
    expect(await buildImage(args)).toEqual(image);
    expect(await verifyImage(base.digest)).toBe(false);
    expect(await verifyImage(image.digest)).toBe(true);
  });
});

function manifest(digest: string): string {
  return statePath("images", `${digest.slice("sha256:".length)}.json`);
}

function swap(file: string, what: RegExp, by: string): void {
  writeFileSync(file, readFileSync(file, "utf8").replace(what, by));
}

function spoilRecipes(): void {
  for (const name of readdirSync(statePath("images/recipes"))) truncateSync(statePath("images/recipes", name), 5);
}

describe("two builds at once", () => {
  it("of one image share it: the second waits, says so, and takes what the first made", async () => {
    const first = startBuilder({ from: { rootfs: large } });
    await first.reached("unpacking");
    // A busy machine may take longer to start the second than the first takes for all.
    first.child.kill("SIGSTOP");
    const second = startBuilder({ from: { rootfs: large } });
    await second.reached("waiting for another build");
    first.child.kill("SIGCONT");
    const made = (await first.ended)?.image;
    expect(made?.digest).toMatch(/^sha256:/);
    expect((await second.ended)?.image).toEqual(made);
    expect(second.progress.map(({ step }) => step)).not.toContain("unpacking");
    expect(storeContent()).toMatchObject({ unfinished: [] });
  });

  it("of two images do not wait for each other", async () => {
    const builders = [args, { from: args.from }, { from: { rootfs: large } }].map((one) => startBuilder(one));
    const ends = await Promise.all(builders.map(({ ended }) => ended));
    expect(ends.every((end) => end?.image)).toBe(true);
    expect((await listImages()).length).toBe(3);
  });

  it("go on without the one that was killed, at once", async () => {
    const first = startBuilder({ from: { rootfs: large } });
    await first.reached("unpacking");
    const second = startBuilder({ from: { rootfs: large } });
    await second.reached("waiting for another build");
    first.child.kill("SIGKILL");
    const killed = performance.now();
    expect(await first.ended).toBeUndefined();
    await second.reached("unpacking");
    expect(performance.now() - killed).toBeLessThan(5_000);
    expect((await second.ended)?.image?.digest).toMatch(/^sha256:/);
    // The second may have looked while the first was still dying.
    await cleanImageBuilds();
    expect(storeContent()).toMatchObject({ unfinished: [] });
  });
});

describe("a build that was cut off", () => {
  it("by kill -9 leaves no process, and what it left of files goes with the next cleaning", async () => {
    const builder = startBuilder({ from: { rootfs: large } });
    await builder.reached("unpacking");
    builder.child.kill("SIGKILL");
    await builder.ended;
    await until("its tools are gone", 10_000, () => toolsAtWork().length === 0);
    expect(storeContent().unfinished).toHaveLength(1);
    await cleanImageBuilds();
    expect(storeContent()).toEqual(NOTHING);
  });

  it("is not one that still runs: cleaning leaves it alone", async () => {
    const builder = startBuilder({ from: { rootfs: large } });
    await builder.reached("unpacking");
    builder.child.kill("SIGSTOP");
    await cleanImageBuilds();
    expect(storeContent().unfinished).toHaveLength(1);
    builder.child.kill("SIGCONT");
    expect((await builder.ended)?.image?.digest).toMatch(/^sha256:/);
  });

  it("is told from a later process with its pid", async () => {
    const other = spawn("sleep", ["60"]);
    mkdirSync(statePath("images/tmp", `${other.pid}-1-00`), { recursive: true });
    await cleanImageBuilds();
    expect(storeContent().unfinished).toEqual([]);
    expect(other.exitCode).toBeNull();
    other.kill("SIGKILL");
  });

  it("by its signal says so and leaves nothing", async () => {
    const abort = new AbortController();
    const building = buildImage(
      { from: { rootfs: large } },
      { signal: abort.signal, onProgress: ({ step }) => step === "unpacking" && abort.abort(new Error("enough")) },
    );
    await expect(building).rejects.toMatchObject({ code: "ABORTED" });
    await expect(buildImage(args, { signal: abort.signal })).rejects.toMatchObject({ code: "ABORTED" });
    expect(storeContent()).toEqual(NOTHING);
  });
});

/** Processes that work in this test's store. */
function toolsAtWork(): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(statePath("images"));
      } catch {
        return false;
      }
    });
}

describe("a machine that cannot", () => {
  it("for its disk is full says so, naming the directory, and nothing is left", async () => {
    const directory = join(folder, "tree");
    execFileSync("tar", ["-xf", large, "-C", directory]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m,mode=755", "full", statePath()]);
    try {
      await expect(buildImage({ from: { rootfs: large } })).rejects.toMatchObject({
        code: "NO_SPACE",
        message: expect.stringContaining(statePath("images")) as string,
      });
      await expect(buildImage({ from: { rootfs: directory } })).rejects.toMatchObject({ code: "NO_SPACE" });
      expect(storeContent()).toEqual(NOTHING);
    } finally {
      execFileSync("umount", [statePath()]);
    }
  });

  it("for somebody is not root says so", () => {
    // Where nobody can read the compiled product, this asks a readable copy of it.
    const copy = join(folder, "dist");
    execFileSync("cp", ["-r", "dist", copy]);
    mkdirSync(join(folder, "node_modules"));
    for (const name of ["ignore", "semver"]) {
      execFileSync("cp", ["-r", `node_modules/${name}`, join(folder, "node_modules")]);
    }
    execFileSync("chmod", ["-R", "a+rX", folder]);
    const program = `require(${JSON.stringify(join(copy, "src/images"))}).buildImage(${JSON.stringify(args)}).catch((e) => console.log(e.code, e.hint))`;
    const said = execFileSync("setpriv", ["--reuid=65534", "--clear-groups", process.execPath, "-e", program]);
    expect(said.toString()).toMatch(/^NOT_ROOT .*sudo/);
  });
});
