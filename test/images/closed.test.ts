import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { imageHelpers } from "../../runtime/image-helpers";
import { Sandbox } from "../../runtime";
import { buildImage, defaultImage, exportImage, importImage, lockImage, verifyLock } from "../../src/images";
import type { ImageArgs } from "../../src/model/image";
import { statePath } from "../../src/model/state-dir";
import { removeSnapshot } from "../../src/tiers";
import { PLANTED, reachedByNobody } from "../support/as-nobody";
import { leakCheckEachTest } from "../support/leak-check";
import { holdTools } from "./held-tool";
import { useOciScene } from "./oci-scene";
import { useOwnStore } from "./own-store";
import { makeShellRootfs } from "./shell-rootfs";
import { makeTar } from "./tar-maker";

// No user of the machine gets to a stranger's files, which may be set-user-id programs: neither while an image is made
// of them nor ever after. Each build is held where its tree is complete, and every path is tried.

leakCheckEachTest();
const machineStore = () => process.env["SANDSTACK_STATE_DIR"] || "/var/lib/sandstack";
let packages: string;
beforeEach(() => void (packages = machineStore()));
useOwnStore();
// Gives the state directory the mode that it is made with: everybody may enter it.
beforeEach(() => chmodSync(statePath(), 0o755));
const scene = useOciScene();

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const TIMEOUT = 200_000;
const at = (name: string) => join(scene.folder, name);

/** A root file system with a set-user-id program of root's and a world-writable directory. */
function plant(): string {
  const tree = makeShellRootfs(at("tree"));
  mkdirSync(join(tree, "usr/bin"), { recursive: true });
  copyFileSync("/usr/bin/id", join(tree, "usr/bin", PLANTED));
  chmodSync(join(tree, "usr/bin", PLANTED), 0o4755);
  copyFileSync("/bin/chmod", join(tree, "usr/bin/chmod"));
  chmodSync(join(tree, "tmp"), 0o1777);
  return tree;
}

/** Paths that are meant for everybody: the guest, and what apt's own user downloads, while it does. */
const MEANT = /^guest(\/|$)|^images\/tmp\/[^/]+\/open(\/|$)/;
/** Folders that are entered on the way there, and what is in them: that it is there may be known. */
const WAY = /^(images(\/tmp(\/[^/]+)?)?\/)?[^/]*$/;

function strangersReached(): string[] {
  return reachedByNobody(statePath()).flatMap((reached) => {
    const path = relative(statePath(), reached.path);
    const isOpen = path !== "" && (reached.readable || reached.writable || !WAY.test(path));
    return isOpen && !MEANT.test(path) ? [path] : [];
  });
}

/** Runs a build, looks whenever its tree is complete, and again at the end. */
async function expectClosed(body: () => Promise<unknown>, tools: readonly string[] = ["sync", "tar"]): Promise<void> {
  const during = new Set<string>();
  const look = () => strangersReached().forEach((path) => during.add(path));
  expect(await holdTools(tools, look, body)).toBeGreaterThan(0);
  expect([...during]).toEqual([]);
  expect(strangersReached()).toEqual([]);
}

const build = (args: ImageArgs) => () => buildImage(args, imageHelpers);

it("the same walk finds and runs a set-user-id program as root where the folders above it are open", () => {
  mkdirSync(statePath("images"));
  execFileSync("cp", ["-a", plant(), statePath("images/tree")]);
  for (const folder of [statePath(), statePath("images"), statePath("images/tree")]) chmodSync(folder, 0o755);
  const found = reachedByNobody(statePath()).find(({ path }) => path.endsWith(PLANTED));
  expect(found).toMatchObject({ readable: true, "runs as": 0 });
  expect(strangersReached()).toContain(`images/tree/usr/bin/${PLANTED}`);
  expect(strangersReached()).toContain("images/tree/tmp");
});

describe("no user gets to a file of an image, while it is made or after,", () => {
  it("of a directory", () => expectClosed(build({ from: { rootfs: plant() } }), ["sync", "tar", "cp"]));

  it("of an archive, not even at the moment when it is unpacked", async () => {
    execFileSync("tar", ["-czf", at("a.tgz"), "-C", plant(), "."]);
    await expectClosed(build({ from: { rootfs: at("a.tgz") } }));
  });

  it("of files, a secret among them, and of what commands have written on top of them", () => {
    const files = { "/opt/secret": { text: "secret", mode: "0644" }, [`/opt/${PLANTED}`]: { path: "/usr/bin/id" } };
    const run = [`chmod 4755 /opt/${PLANTED}`];
    return expectClosed(build({ from: { rootfs: plant() }, files, run }));
  });

  it("of an OCI image", () => {
    const file = { path: PLANTED, mode: 0o4755, content: readFileSync("/usr/bin/id") };
    const path = scene.layout({ layers: [makeTar([file])] });
    return expectClosed(build({ from: { oci: path } }), ["sync", "umoci", "skopeo", "tar"]);
  });

  it("of an image that is exported, and imported again", async () => {
    const { digest } = await buildImage({ from: { rootfs: plant() } });
    await exportImage(digest, at("image.tar"));
    rmSync(statePath("images"), { recursive: true });
    await expectClosed(() => importImage(at("image.tar")), ["sync", "skopeo", "tar"]);
  });

  it("that is verified in a store of its own", async () => {
    const args = { from: { rootfs: plant() }, run: ["echo 1 > /opt/one"] };
    const lock = await lockImage(args, imageHelpers);
    await expectClosed(() => verifyLock(args, lock, imageHelpers), ["sync", "tar", "cp"]);
  });

  it("of a snapshot, and of sandboxes", async () => {
    const { digest } = await buildImage({ from: { rootfs: plant() } });
    for (const tier of ["chroot", "nspawn"] as const) {
      const sandbox = await Sandbox.create({ tier, image: digest });
      undo.push(() => sandbox.kill());
      await sandbox.files.write(`/home/agent/${PLANTED}`, readFileSync("/usr/bin/id"));
      const { id } = await sandbox.createSnapshot({ keep: true });
      undo.push(() => removeSnapshot(id));
      expect(strangersReached()).toEqual([]);
      await expectClosed(build({ from: { snapshot: id } }), ["sync", "tar", "unshare"]);
    }
  });

  it(
    "of a suite",
    async () => {
      mkdirSync(statePath("images"));
      for (const shelf of ["debs", "pins"])
        execFileSync("cp", ["--archive", join(packages, "images", shelf), statePath("images")]);
      await expectClosed(build(defaultImage()), ["sync", "tar", "mmdebstrap", "cp"]);
    },
    TIMEOUT,
  );
});

it("a state directory that an earlier version has made with open folders is closed when it is met", async () => {
  const tree = plant();
  const left = statePath("images/tmp/1-1-0123456789abcdef/layer");
  mkdirSync(left, { recursive: true });
  mkdirSync(statePath("images/debs"));
  execFileSync("cp", ["-a", tree, join(left, "diff")]);
  execFileSync("chmod", ["-R", "go+rX", statePath()]);
  expect(strangersReached()).not.toEqual([]);
  await buildImage({ from: { rootfs: tree } });
  expect(strangersReached()).toEqual([]);
});
