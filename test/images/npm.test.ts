import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { imageHelpers } from "../../runtime/image-helpers";
import { buildImage, buildLocked, defaultImage, removeImage } from "../../src/images";
import type { Image, ImageArgs } from "../../src/model/image";
import { statePath } from "../../src/model/state-dir";
import { leakCheckEachTest } from "../support/leak-check";
import { AGENT_BASE as BASE, everywhere, onTiers } from "./layers";
import { useNpmRegistry } from "./npm-registry";

// Packages of npm in images, from a registry of the test's own. That real ones work is shown in agents.test.ts.

leakCheckEachTest();
const registry = useNpmRegistry();

let folder: string;
const made: string[] = [];
beforeEach(() => {
  folder = mkdtempSync("/var/tmp/sandstack-package-");
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  for (const digest of made.splice(0)) await removeImage(digest);
});

async function build(npm: ImageArgs["npm"], args: ImageArgs = BASE): Promise<Image> {
  const image = await buildImage({ ...args, npm }, imageHelpers);
  made.push(image.digest);
  return image;
}

function loseTarballs(): void {
  for (const name of readdirSync(statePath("images", "tarballs"))) rmSync(statePath("images", "tarballs", name));
}

/** A package.json, and a package-lock.json where one is given. */
function project(name: string, manifest: object, lock?: object): { package: string } {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "package.json"), JSON.stringify(manifest));
  if (lock) writeFileSync(join(folder, name, "package-lock.json"), JSON.stringify(lock));
  return { package: join(folder, name, "package.json") };
}

const APP = {
  name: "app",
  version: "1.0.0",
  bin: "cli.js",
  dependencies: { lib: "^2.0.0" },
  optionalDependencies: { windows: "1" },
  scripts: { install: "node -e \"require('fs').writeFileSync('built', process.version)\"" },
};
const CLI = "#!/usr/bin/env node\nconsole.log(require('lib'), require('fs').existsSync(__dirname + '/built'));\n";

beforeAll(async () => {
  for (const version of ["1.0.0", "2.0.0", "2.1.0", "3.0.0"]) {
    registry.add({ name: "lib", version }, { "index.js": `module.exports = "lib ${version}";\n` });
  }
  registry.add({ name: "windows", version: "1.0.0", os: ["win32"] });
  registry.add({ name: "weak", version: "1.0.0", weak: true });
  registry.add(APP, { "cli.js": CLI });
  await buildImage(BASE, imageHelpers);
  for (const name of readdirSync(statePath("images", "pins"))) {
    const path = statePath("images", "pins", name);
    if (/"name":"(lib|app)"/.test(readFileSync(path, "utf8"))) rmSync(path);
  }
}, 300_000);

it("are what npm would install, with their commands and what their scripts make, and nothing else", async () => {
  const image = await build(["app"]);
  expect(image.layers).toHaveLength(2);
  expect(await onTiers(image, "app; ls /opt/node_modules /usr/local/bin; ls -A /tmp")).toEqual(
    everywhere("lib 2.1.0 true\n/opt/node_modules:\napp\nlib\n\n/usr/local/bin:\napp\n"),
  );
  const files = readdirSync(image.layers[0] as string, { recursive: true, encoding: "utf8" });
  expect(files.filter((path) => /_cacache|_logs|\.package-lock|npm-cli|windows|\.sandstack/.test(path))).toEqual([]);
});

it("come from a package.json and its lock, wherever that is", async () => {
  const manifest = { dependencies: { lib: "*" }, devDependencies: { nowhere: "1" }, scripts: { install: "false" } };
  const newest = await build(project("a", manifest));
  expect(await onTiers(newest, "cd /opt && node -p 'require(\"lib\")'")).toEqual(everywhere("lib 3.0.0\n"));
  expect((await build(project("b", { ...manifest, name: "other" }))).digest).toBe(newest.digest);
  const { lock } = await buildLocked({ ...BASE, npm: ["lib@2.0.0"] }, imageHelpers);
  const pinned = (lock.layers[1]?.pins as { lock: { packages: Record<string, object> } }).lock;
  const older = await build(project("c", manifest, pinned));
  made.push(lock.digest);
  expect(await onTiers(older, "cd /opt && node -p 'require(\"lib\")'")).toEqual(everywhere("lib 2.0.0\n"));
});

it("are made again from lock and store without the registry, and without the store what is missing is named", async () => {
  const args = { ...BASE, npm: ["app"] };
  const { image, lock } = await buildLocked(args, imageHelpers);
  made.push(image.digest);
  registry.remove("app");
  try {
    const before = registry.asked.length;
    await removeImage(image.digest);
    expect((await buildImage(args, { ...imageHelpers, lock })).digest).toBe(image.digest);
    expect(registry.asked).toHaveLength(before);
    await removeImage(image.digest);
    loseTarballs();
    await expect(buildImage(args, { ...imageHelpers, lock })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringMatching(/^npm: the registry has no more of what was pinned: .*app@1\.0\.0/) as string,
    });
  } finally {
    registry.add(APP, { "cli.js": CLI });
  }
});

it("write nothing but their own folder and commands, whatever they are called and hold", async () => {
  const bin = {
    "..": "cli.js",
    "../../../../etc/sandstack-evil": "cli.js",
    "/etc/sandstack-evil2": "cli.js",
    good: "cli.js",
  };
  const odd = [
    { path: "package/../../../../../etc/sandstack-odd", content: "odd" },
    { path: "/etc/sandstack-odd", content: "odd" },
    { path: "package/etc", type: "2", link: "/etc" },
    { path: "package/etc/sandstack-odd", content: "odd" },
    { path: "package/device", type: "3", device: [1, 1] as const },
  ];
  registry.add({ name: "odd", version: "1.0.0", bin }, { "cli.js": "#!/bin/sh\necho good\n" }, odd);
  const image = await build(["odd"]);
  const files = readdirSync(image.layers[0] as string, { recursive: true, encoding: "utf8" });
  expect(files.filter((path) => /^etc\/|device/.test(path))).toEqual([]);
  expect(files.filter((path) => path.startsWith("usr/local/bin/")).sort()).toEqual(
    ["good", "sandstack-evil", "sandstack-evil2"].map((name) => `usr/local/bin/${name}`),
  );
  expect(readdirSync("/etc").filter((name) => name.startsWith("sandstack-"))).toEqual([]);
  expect(await onTiers(image, "good")).toEqual(everywhere("good\n"));
});

const answer =
  (status: number, body: string, type = "text/html") =>
  (_: string, response: ServerResponse) => {
    response.writeHead(status, { "content-type": type }).end(body);
    return true;
  };

it.each<[string, () => ImageArgs["npm"], string, RegExp]>([
  ["a package that the registry does not have", () => ["nowhere"], "INVALID_OPTION", /has no nowhere\./],
  ["a version that it does not have", () => ["lib@9"], "INVALID_OPTION", /has no lib@9/],
  ["what is for another platform", () => ["windows"], "INVALID_OPTION", /windows(@1\.0\.0)? is not for linux/],
  ["what has no hash", () => ["weak"], "INVALID_OPTION", /weak@1\.0\.0 has no sha512 hash/],
  [
    "a directory of this machine",
    () => project("p", { dependencies: { here: `file:${folder}` } }),
    "INVALID_OPTION",
    /does not come from a registry/,
  ],
])("%s is refused", async (_, npm, code, message) => {
  await expect(build(npm())).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
});

it.each<[string, string, (path: string, response: ServerResponse) => boolean, string, RegExp]>([
  [
    "other bytes than it has said",
    "1.0.0",
    (path, response) => path.endsWith("lib-1.0.0.tgz") && answer(200, "other")(path, response),
    "BUILD_FAILED",
    /not what its hash says/,
  ],
  ["a page in place of a package", ">=1.0.0 <2", answer(200, "<html>log in"), "BUILD_FAILED", /^npm: it failed: /],
  ["that it is broken", ">=1.0.0 <2.0.1", answer(500, "no"), "BUILD_FAILED", /500/],
  ["that nobody may ask it", ">=1.0.0 <2.0.2", answer(401, "no"), "BUILD_FAILED", /wants another login/],
  [
    "nothing",
    ">=1.0.0 <2.0.3",
    (_, response) => {
      response.destroy();
      return true;
    },
    "BUILD_FAILED",
    /cannot be reached/,
  ],
])("a registry that says %s is one clear error", async (_, range, lie, code, message) => {
  registry.lie = lie;
  loseTarballs();
  await expect(build([`lib@${range}`])).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
});

it("the registry's token is in nothing that is kept or said", async () => {
  registry.lie = (_, response) =>
    response.req.headers.authorization === "Bearer s3cret-word" ? false : answer(401, "no")("", response);
  const npmrc = join(folder, "npmrc");
  process.env["npm_config_userconfig"] = npmrc;
  writeFileSync(npmrc, `//${registry.address}/:_authToken=s3cret-word\n`);
  const { image, lock } = await buildLocked({ ...BASE, npm: ["lib@2.1.0"] }, imageHelpers);
  made.push(image.digest);
  expect(JSON.stringify(lock)).not.toMatch(/s3cret|127\.0\.0\.1/);
  for (const shelf of ["pins", "recipes", "logs"]) {
    for (const name of readdirSync(statePath("images", shelf))) {
      expect(readFileSync(statePath("images", shelf, name), "utf8")).not.toContain("s3cret");
    }
  }
  expect(readFileSync(join(image.layers[0] as string, "../build.log"), "utf8")).not.toContain("s3cret");
  writeFileSync(npmrc, `//${registry.address}/:_authToken=wr0ng-word\n`);
  const error: unknown = await build(["lib@2.0.0 || 3"]).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: "BUILD_FAILED" });
  const { message, hint, cause } = error as { message: string; hint: string; cause: unknown };
  expect(JSON.stringify([message, hint, cause])).not.toContain("wr0ng");
});

it("an image without a Node is refused", async () => {
  await expect(build(["lib"], defaultImage())).rejects.toMatchObject({
    code: "INVALID_OPTION",
    message: "npm: the image has no node.",
  });
});
