import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerResponse } from "node:http";
import { afterEach, beforeAll, expect, it } from "vitest";
import { imageHelpers } from "../../runtime/image-helpers";
import { buildImage, buildLocked, defaultImage, removeImage } from "../../src/images";
import type { Image, ImageArgs } from "../../src/model/image";
import { statePath } from "../../src/model/state-dir";
import { leakCheckEachTest } from "../support/leak-check";
import { AGENT_BASE as BASE, everywhere, onTiers } from "./layers";
import { type MadeWheel, usePythonIndex } from "./python-index";

// Packages of Python in images, from an index of the test's own. That real ones (numpy, pandas) work is shown in
// agents.test.ts. Not proven: other Pythons than that of this machine's suite.

leakCheckEachTest();
const index = usePythonIndex();

const made: string[] = [];
/** Counts versions: what is pinned of one stays pinned. */
let odd = 0;
afterEach(async () => {
  for (const digest of made.splice(0)) await removeImage(digest);
});

async function build(python: ImageArgs["python"], args: ImageArgs = BASE): Promise<Image> {
  const image = await buildImage({ ...args, python }, imageHelpers);
  made.push(image.digest);
  return image;
}

function loseWheels(): void {
  for (const name of readdirSync(statePath("images", "wheels"))) rmSync(statePath("images", "wheels", name));
}

beforeAll(async () => {
  index.add({
    name: "app",
    version: "1.0",
    requires: ["lib>=2; python_version >= '3'", "never; sys_platform == 'win32'"],
  });
  for (const version of ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.0"])
    index.add({ name: "lib", version });
  index.add({ name: "lib", version: "3.0", tag: "cp39-cp39-manylinux_2_17_x86_64" });
  index.add({ name: "lib", version: "4.0", tag: "py3-none-win_amd64" });
  index.add({ name: "source", version: "1.0", sdist: true });
  index.add({ name: "windows", version: "1.0", tag: "cp311-cp311-win_amd64" });
  index.add({ name: "torn", version: "1.0", requires: ["lib==1.0", "app"] });
  await buildImage(BASE, imageHelpers);
  // The store outlives a run of the tests, and what one run's index had is not what the next has.
  for (const name of readdirSync(statePath("images", "pins"))) {
    const path = statePath("images", "pins", name);
    if (/"name": ?"(lib|app)"/.test(readFileSync(path, "utf8"))) rmSync(path);
  }
}, 300_000);

it("are the newest that fit the image's Python, with what they need, and nothing else", async () => {
  const image = await build(["app"]);
  expect(image.layers).toHaveLength(2);
  const seen = await onTiers(image, "python3 -c 'import app, lib; print(app.version, lib.version)'; ls /usr/local/bin");
  expect(seen).toEqual(everywhere("1.0 2.0\nsay-app\nsay-lib\n"));
  const files = readdirSync(image.layers[0] as string, { recursive: true, encoding: "utf8" });
  expect(files.filter((path) => /pip|\.pyc$|__pycache__|direct_url|cache|tmp\//.test(path))).toEqual([]);
});

it("come from a requirements file, also with hashes, and are another layer only when they are other ones", async () => {
  const folder = join(statePath(), "requirements");
  const file = `${folder}.txt`;
  try {
    writeFileSync(file, "# what the agent needs\napp==1.0\nlib # newest\n");
    const first = await build({ requirements: file });
    const { lock } = await buildLocked({ ...BASE, python: { requirements: file } }, imageHelpers);
    const pins = lock.layers[1]?.pins as { wheels: { name: string; version: string; sha256: string }[] };
    expect(pins.wheels.map(({ name, version }) => `${name} ${version}`)).toEqual(["app 1.0", "lib 2.0"]);
    writeFileSync(
      file,
      pins.wheels.map((one) => `${one.name}==${one.version} \\\n  --hash=sha256:${one.sha256}\n`).join(""),
    );
    expect((await build({ requirements: file })).digest).toBe(first.digest);
    writeFileSync(file, `app==1.0 --hash=sha256:${"0".repeat(64)}\nlib==2.0 --hash=sha256:${"0".repeat(64)}\n`);
    await expect(build({ requirements: file })).rejects.toMatchObject({
      code: "BUILD_FAILED",
      message: expect.stringContaining("hash") as string,
    });
  } finally {
    rmSync(file, { force: true });
  }
});

it("may be pip itself", async () => {
  const image = await build(["pip", "lib==1.0"]);
  expect(await onTiers(image, "python3 -m pip --version | cut -d' ' -f1; pip list --format=freeze | grep lib")).toEqual(
    everywhere("pip\nlib==1.0\n"),
  );
});

it("are made again from lock and store without the index, and without the store what is missing is named", async () => {
  const args = { ...BASE, python: ["app"] };
  const { image, lock } = await buildLocked(args, imageHelpers);
  made.push(image.digest);
  index.remove("app");
  try {
    const before = index.asked.length;
    await forget(image);
    expect((await buildImage(args, { ...imageHelpers, lock })).digest).toBe(image.digest);
    expect(index.asked).toHaveLength(before);
    await forget(image);
    loseWheels();
    await expect(buildImage(args, { ...imageHelpers, lock })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "python: the index has no more of what was pinned: app 1.0.",
    });
  } finally {
    index.add({
      name: "app",
      version: "1.0",
      requires: ["lib>=2; python_version >= '3'", "never; sys_platform == 'win32'"],
    });
  }
});

/** As another machine is that has only what was fetched. */
async function forget(image: Image): Promise<void> {
  await removeImage(image.digest);
  rmSync(statePath("images", "layers", (image.layers[0] as string).split("/").at(-2) as string), {
    recursive: true,
    force: true,
  });
}

it.each<[string, Partial<MadeWheel>, RegExp]>([
  ["a file that climbs out of it", { odd: { "../../../../../../etc/sandstack-odd": "x" } }, /outside/],
  ["a file with an absolute name", { odd: { "/etc/sandstack-odd": "x" } }, /outside/],
])("a wheel with %s is refused, and this machine has nothing of it", async (_, made, message) => {
  index.remove("odd");
  index.add({ name: "odd", version: `1.${(odd += 1)}`, ...made });
  await expect(build([`odd==1.${odd}`])).rejects.toMatchObject({
    code: "BUILD_FAILED",
    message: expect.stringMatching(message) as string,
  });
  expect(readdirSync("/etc").filter((name) => name.startsWith("sandstack-"))).toEqual([]);
});

it.each<[string, Partial<MadeWheel>]>([
  ["command is called by a path", { command: "../../../../../../etc/sandstack-odd" }],
  ["data climb", { odd: { "odd-1.0.data/data/../../../../../etc/sandstack-odd": "x" } }],
  ["scripts climb", { odd: { "odd-1.0.data/scripts/../../../../../etc/sandstack-odd": "x" } }],
])("a wheel whose %s reaches nothing of this machine, whether pip takes it or not", async (_, made) => {
  index.remove("odd");
  index.add({ name: "odd", version: `1.${(odd += 1)}`, ...made });
  await build([`odd==1.${odd}`]).catch(() => undefined);
  expect(readdirSync("/etc").filter((name) => name.startsWith("sandstack-"))).toEqual([]);
});

const answer =
  (status: number, body: string | Buffer, type = "text/html") =>
  (_: string, response: ServerResponse) => {
    response.writeHead(status, { "content-type": type }).end(body);
    return true;
  };

it.each<[string, string, string, RegExp]>([
  [
    "a package that the index does not have",
    "nowhere",
    "INVALID_OPTION",
    /"nowhere" has no wheel for Python 3\.\d+ on \w+ with glibc/,
  ],
  ["a version that it does not have", "lib==9", "INVALID_OPTION", /"lib==9" has no wheel/],
  ["what is there only as source", "source", "INVALID_OPTION", /"source" has no wheel/],
  ["a wheel for another platform", "windows", "INVALID_OPTION", /"windows" has no wheel/],
  ["what needs two versions of one", "torn", "INVALID_OPTION", /conflict/],
])("%s is refused", async (_, requirement, code, message) => {
  await expect(build([requirement])).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
});

it.each<[string, string, (path: string, response: ServerResponse) => boolean, string, RegExp]>([
  [
    "other bytes than it has said",
    "1.1",
    (path, response) => path.startsWith("/files/lib-1") && answer(200, "other")(path, response),
    "BUILD_FAILED",
    /not what its hash says/,
  ],
  ["a page in place of a list", "1.2", answer(200, "<html>log in"), "INVALID_OPTION", /"lib==1\.2" has no wheel/],
  ["that it is broken", "1.3", answer(500, "no"), "BUILD_FAILED", /status 500/],
  ["that nobody may ask it", "1.4", answer(401, "no"), "BUILD_FAILED", /wants another user or password/],
  [
    "nothing",
    "1.5",
    (_, response) => {
      response.destroy();
      return true;
    },
    "BUILD_FAILED",
    /cannot be reached/,
  ],
])("an index that says %s is one clear error", async (_, version, lie, code, message) => {
  index.lie = lie;
  loseWheels();
  await expect(build([`lib==${version}`])).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
});

it("after an index that lied the next build works", async () => {
  const { lock, image } = await buildLocked({ ...BASE, python: ["lib==1.1"] }, imageHelpers);
  made.push(image.digest);
  expect(lock.layers[1]?.pins).toMatchObject({ wheels: [{ name: "lib", version: "1.1" }] });
});

it("the index's password is in nothing that is kept or said", async () => {
  index.lie = (_, response) => {
    const header = response.req.headers.authorization;
    return header === `Basic ${Buffer.from("me:s3cret-word").toString("base64")}`
      ? false
      : answer(401, "no")("", response);
  };
  process.env["PIP_INDEX_URL"] = `http://me:s3cret-word@${index.address}/simple/`;
  const { image, lock } = await buildLocked({ ...BASE, python: ["lib==1.6"] }, imageHelpers);
  made.push(image.digest);
  expect(JSON.stringify(lock)).not.toContain("s3cret");
  for (const shelf of ["pins", "recipes", "logs"]) {
    for (const name of readdirSync(statePath("images", shelf))) {
      expect(readFileSync(statePath("images", shelf, name), "utf8")).not.toContain("s3cret");
    }
  }
  for (const layer of image.layers.slice(0, 1)) {
    const log = join(layer, "../build.log");
    expect(existsSync(log) ? readFileSync(log, "utf8") : "").not.toContain("s3cret");
  }
  process.env["PIP_INDEX_URL"] = `http://me:wr0ng-word@${index.address}/simple/`;
  const error: unknown = await buildImage({ ...BASE, python: ["lib==1.7"] }, imageHelpers).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: "BUILD_FAILED" });
  const { message, hint, cause } = error as { message: string; hint: string; cause: unknown };
  expect(JSON.stringify([message, hint, cause])).not.toContain("wr0ng");
});

it("an image whose Python is too small for it, or that has none, is refused", async () => {
  await expect(build(["lib"], defaultImage())).rejects.toMatchObject({
    code: "INVALID_OPTION",
    message: expect.stringMatching(/^python: the image's Python lacks the module \S+ of its library\.$/) as string,
  });
});
