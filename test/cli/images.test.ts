import {
  chmodSync,
  chownSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Sandbox } from "../../runtime";
import { openBuildSandbox } from "../../runtime/build-sandbox";
import { buildImage, defaultImage, findImage, removeImage } from "../../src/images";
import { lastUsed } from "../../src/images/store/manifest";
import { statePath } from "../../src/model/state-dir";
import type { Image } from "../../src/model/image";
import { makeLayout } from "../images/layout-maker";
import { storeContent, useOwnStore } from "../images/own-store";
import { directory, makeTar } from "../images/tar-maker";
import { defaultTestImage } from "../support/default-image";
import { leakCheckEachTest } from "../support/leak-check";
import { compileProbe } from "../support/probe";
import { sandstack, sandstackJson } from "./cli";

// image ls, inspect, diff and gc. Carrying images: test/images/carry.test.ts, test/docker/carry.test.ts.

leakCheckEachTest();

let folder: string;
beforeEach(() => (folder = mkdtempSync("/var/tmp/sandstack-images-")));
afterEach(() => rmSync(folder, { recursive: true }));

/** An image of a small tree, which `change` changes before it is taken in. */
async function built(name: string, change: (tree: string) => void = () => {}): Promise<Image> {
  const tree = join(folder, name);
  mkdirSync(join(tree, "opt"), { recursive: true });
  for (const file of ["same", "content", "mode", "owner", "young", "gone"])
    writeFileSync(join(tree, "opt", file), "1\n");
  symlinkSync("same", join(tree, "opt/link"));
  change(tree);
  for (const path of [
    tree,
    ...readdirSync(tree, { recursive: true, encoding: "utf8" }).map((one) => join(tree, one)),
  ]) {
    if (!path.endsWith("/young")) lutimesSync(path, 1_000_000_000, 1_000_000_000);
  }
  return buildImage({ from: { rootfs: tree } });
}

describe("image", () => {
  useOwnStore();

  test("ls and inspect show what the store has, and commands find it by the beginning of its digest", async () => {
    expect(await sandstack(["image", "ls"])).toMatchObject({ code: 0, stdout: "IMAGE  REFERENCE  SIZE  LAYERS\n" });
    const { digest, sizeBytes } = await built("tree");
    const short = digest.slice(0, 19);
    expect((await sandstack(["image", "ls"])).stdout).toMatch(
      new RegExp(`\\n${short} +rootfs:tree +${sizeBytes} B +1\\n$`),
    );
    expect(await sandstackJson(["image", "ls"])).toMatchObject([{ digest, reference: "rootfs:tree", sizeBytes }]);
    expect(await sandstackJson(["image", "inspect", short])).toMatchObject({ digest, config: {} });
    expect((await sandstack(["image", "inspect", "rootfs:tree"])).stdout).toMatch(`digest     ${digest}\n`);
    expect(await sandstack(["image", "inspect", "rootfs:none"])).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^sandstack: The store has no image "rootfs:none"\.\n.*image ls/) as string,
    });
  });

  test("diff names the files in which two builds differ, and in what, and nothing else", async () => {
    const a = await built("a");
    const b = await built("b", (tree) => {
      const at = (name: string) => join(tree, "opt", name);
      writeFileSync(at("content"), "2\n");
      chmodSync(at("mode"), 0o600);
      chownSync(at("owner"), 7, 7);
      rmSync(at("gone"));
      rmSync(at("link"));
      symlinkSync("mode", at("link"));
      writeFileSync(at("new\nline"), "");
    });
    const { code, stdout } = await sandstack(["image", "diff", a.digest, b.digest]);
    const rows = stdout.split("\n").map((line) => line.split(/ {2,}/));
    expect([code, rows.shift(), rows.pop()]).toEqual([1, ["DIFFERS", "PATH"], [""]]);
    expect(Object.fromEntries(rows.map(([what, path]) => [path, what]) as [string, string][])).toEqual({
      "/opt/content": "content",
      "/opt/gone": "only in A",
      "/opt/link": "link",
      "/opt/mode": "mode",
      "/opt/new\\nline": "only in B",
      "/opt/owner": "owner",
      "/opt/young": "time",
    });
    expect(await sandstackJson(["image", "diff", a.digest, a.digest])).toMatchObject({
      same: true,
      files: [],
      config: [],
    });
    expect(await sandstack(["image", "diff", b.digest, b.digest])).toMatchObject({
      code: 0,
      stdout: "They are the same.\n",
    });
    const json = await sandstack(["image", "diff", "--json", a.digest, b.digest]);
    expect(json.code).toBe(1);
    expect((JSON.parse(json.stdout) as { files: unknown[] }).files).toContainEqual({
      path: "/opt/gone",
      differs: ["only in A"],
    });
  });

  test("gc removes what nobody uses, not at once, and says first what it would", async () => {
    const { digest } = await built("tree");
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const manifest = statePath("images", `${digest.slice(7)}.json`);
    expect((await sandstack(["image", "gc"])).stdout).toMatch(
      /^There is nothing to remove\.\nasked for in the last ten minutes/,
    );
    utimesSync(manifest, ago(11), ago(11));
    const dry = await sandstack(["image", "gc", "--dry-run"]);
    expect(dry).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/image +sha256:\w{12} +rootfs:tree[^]*\n1 would be removed\n$/) as string,
    });
    expect(await findImage(digest)).toBeDefined();
    // Who asks for it again may be about to use it.
    await buildImage({ from: { rootfs: join(folder, "tree") } });
    expect(await sandstackJson(["image", "gc"])).toMatchObject({ images: [], spared: [{ digest }] });
    utimesSync(manifest, ago(11), ago(11));
    expect(await sandstackJson(["image", "gc"])).toMatchObject({ dryRun: false, images: [{ digest }], spared: [] });
    expect(storeContent()).toMatchObject({ layers: [], recipes: [], images: [] });
  });

  test("gc removes downloads that no declaration needs which was built in 30 days", async () => {
    await built("tree");
    const letters = ["a", "b", "c", "d", "e"].map((letter) => letter.repeat(64));
    const [needed, fresh, old, manifest, layer] = letters as [string, string, string, string, string];
    const days = (count: number) => new Date(Date.now() - count * 86_400_000);
    const put = (shelf: string, name: string, text: string, age: number) => {
      writeFileSync(statePath("images", shelf, name), text);
      utimesSync(statePath("images", shelf, name), days(age), days(age));
    };
    put("pins", "used.json", JSON.stringify({ sha256: needed, digest: `sha256:${manifest}` }), 29);
    put("pins", "forgotten.json", JSON.stringify({ sha256: old }), 31);
    put("debs", needed, "1", 400);
    put("blobs", fresh, "22", 29);
    put("blobs", old, "333", 31);
    put("blobs", manifest, JSON.stringify({ layers: [{ digest: `sha256:${layer}` }] }), 400);
    put("blobs", layer, "4444", 400);
    expect(await sandstackJson(["image", "gc"])).toMatchObject({ downloads: { count: 2 } });
    expect(["pins", "debs", "blobs"].map((shelf) => readdirSync(statePath("images", shelf)))).toEqual([
      ["used.json"],
      [needed],
      [fresh, manifest, layer],
    ]);
  });

  test.each([
    [["image", "diff", "a"], /^sandstack: image diff: B is missing/],
    [
      ["image", "push", "--tls-verify", "maybe", "a", "b"],
      /--tls-verify: "maybe" is not valid\.\n--tls-verify takes true or false\./,
    ],
    [["image", "pull", "me:secret@registry.example/a"], /REF: ".*@registry\.example\/a" is not valid/],
    [["image", "import", "./none.tar"], /PATH: "\.\/none\.tar" does not exist/],
  ])("%j is refused", async (args, message) => {
    const { code, stdout, stderr } = await sandstack(args);
    expect([code === 0, stdout]).toEqual([false, ""]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("secret");
  });
});

describe("images of the store that all tests have", () => {
  test("one that a sandbox has is not gc's, and goes when its record has gone", async () => {
    const { digest } = await built("used");
    const manifest = statePath("images", `${digest.slice(7)}.json`);
    const long = new Date(Date.now() - 3_600_000);
    try {
      const task = ["create", "--tier", "chroot", "--ttl", "60s", "--image", digest];
      const { stdout, code } = await sandstack(task);
      expect(code).toBe(0);
      utimesSync(manifest, long, long);
      const planned = async () => (await sandstackJson(["image", "gc", "--dry-run"])) as { images: Image[] };
      expect((await planned()).images.map((one) => one.digest)).not.toContain(digest);
      await sandstack(["kill", stdout.trim()]);
      // Its record still says what it was made from.
      expect((await planned()).images.map((one) => one.digest)).not.toContain(digest);
      rmSync(statePath("sandboxes", stdout.trim()), { recursive: true });
      expect((await planned()).images.map((one) => one.digest)).toContain(digest);
    } finally {
      await removeImage(digest);
    }
  });

  test("the default one is asked for by every create, also where the process knows it already", async () => {
    const { digest } = await defaultTestImage();
    for (const round of [1, 2]) {
      const long = new Date(Date.now() - 3_600_000);
      utimesSync(statePath("images", `${digest.slice(7)}.json`), long, long);
      await (await Sandbox.create({ tier: "chroot", ttl: "60s" })).kill();
      expect([round, lastUsed(digest)]).toEqual([round, expect.closeTo(Date.now(), -4)]);
    }
  });

  test("an OCI image is run by its path, and what it says of its commands holds", async () => {
    const program = readFileSync(compileProbe(resolve("test/docker/hello.c")));
    const hello = makeTar([directory("bin/"), { path: "bin/hello", content: program, mode: 0o755 }]);
    const path = makeLayout(join(folder, "layout"), { layers: [hello], config: { User: "7:8", WorkingDir: "/bin" } });
    const run = ["run", "--tier", "chroot", "--image", `oci:${path}`, "--", "./hello"];
    try {
      expect(await sandstack(run)).toEqual({ code: 0, signal: null, stdout: "hello from inside\n", stderr: "" });
      expect(await sandstackJson(["image", "inspect", "oci:layout"])).toMatchObject({
        config: { user: "7", cwd: "/bin" },
      });
    } finally {
      await removeImage((await findImage("oci:layout"))?.digest ?? "");
    }
  });

  test("two builds of a `run` that isn't deterministic differ in the files that it says", async () => {
    const script = "cat /proc/sys/kernel/random/uuid > /opt/random; date +%s%N > /etc/when; echo same > /opt/same";
    const make = (run: string[]) => buildImage({ ...defaultImage(), run }, { sandbox: openBuildSandbox });
    const images = [await make([script]), await make([`${script}; true`])] as [Image, Image];
    try {
      const { code, stdout } = await sandstack(["image", "diff", images[0].digest, images[1].digest]);
      expect({ code, stdout }).toEqual({
        code: 1,
        stdout: "DIFFERS  PATH\ncontent  /etc/when\ncontent  /opt/random\n",
      });
    } finally {
      for (const { digest } of images) await removeImage(digest);
    }
  });
});
