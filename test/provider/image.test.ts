import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { defaultImage, findImage, removeImage } from "../../src/images";
import { makeLayout } from "../images/layout-maker";
import { directory, makeTar } from "../images/tar-maker";
import { compileProbe } from "../support/probe";
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

it("an image has what its commands made, and its sandboxes start with its environment, user and directory", async () => {
  const run = ["useradd --create-home --uid 1500 worker", ["sh", "-c", "umask 027; id -u > /srv/made"]];
  const inputs = await checked(image, {
    ...defaultImage(),
    run,
    env: { PLACE: "inside" },
    user: "worker",
    cwd: "/srv",
  });
  const built = await image.create(inputs);
  const stack = await declared({ image: built.id });
  const sandbox = await Sandbox.connect(stack.instance.outputs["connection"] as string);
  const { stdout } = await sandbox.commands.run("echo $PLACE; pwd; id -un; stat -c '%a %s' made");
  expect(stdout).toBe("inside\n/srv\nworker\n640 2\n");
  sandbox.disconnect();
});

it("a command of an image that fails is named by its place, with what it said, and nothing of it stays", async () => {
  const inputs = await checked(image, { ...defaultImage(), run: ["true", "echo to be seen >&2; exit 3"] });
  await expect(image.create(inputs)).rejects.toThrow(/run\[1\].*exit(ed)?.*3/s);
});

/** An OCI layout with one program, and an environment for it. */
function ociLayout(place: string): string {
  const program = readFileSync(compileProbe(resolve("test/docker/hello.c")));
  const hello = makeTar([directory("bin/"), { path: "bin/hello", content: program, mode: 0o755 }]);
  const path = join(folder, "layout");
  rmSync(path, { recursive: true, force: true });
  return makeLayout(path, { layers: [hello], config: { Env: [`PLACE=${place}`], WorkingDir: "/bin" } });
}

it("an image begins from an OCI image, whose change is another one, and from a snapshot of a sandbox of it", async () => {
  const from = { oci: ociLayout("first") };
  const inputs = await checked(image, { from });
  const built = await image.create(inputs);
  expect(built.outputs["reference"]).toBe("oci:layout");
  const stack = await declared({ image: built.id });
  const sandbox = await Sandbox.connect(stack.instance.outputs["connection"] as string);
  expect((await sandbox.commands.run(["/bin/hello"])).stdout).toBe("hello from inside\n");
  await sandbox.files.write("/home/agent/note", "kept");
  const { id: snapshot } = await sandbox.createSnapshot();

  const next = await image.create(await checked(image, { from: { snapshot } }));
  const kept = await findImage(next.id);
  expect(kept?.config).toEqual({ env: { PLACE: "first" }, cwd: "/bin" });
  expect(readFileSync(join(kept?.layers[0] as string, "home/agent/note"), "utf8")).toBe("kept");
  sandbox.disconnect();

  expect(await image.diff(await image.read(built), await checked(image, { from }))).toMatchObject({ changes: "none" });
  ociLayout("second");
  const changed = await image.diff(await image.read(built), await checked(image, { from }));
  expect(changed.detail).toEqual({ "from.fingerprint": "update-replace" });
  for (const { id } of [built, next]) await removeImage(id);
});

it("an engine that gives up aborts the build", async () => {
  const calls = new Calls("sandstack:local:Image");
  const inputs = await checked(calls, { ...defaultImage(), files: { "/opt/other": { text: folder } } });
  await new Promise((resolve) => calls.provider.cancel({ request: undefined }, resolve));
  await expect(calls.create(inputs)).rejects.toThrow(/abort/i);
});
