import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { imageHelpers } from "../../runtime/image-helpers";
import { buildImage, defaultImage, removeImage, verifyImage } from "../../src/images";
import { diffTrees } from "../../src/images/tree/diff";
import { listLayers } from "../../src/images/tree/list";
import { LOCAL_TIERS } from "../../src/model/tier";
import { removeSnapshot } from "../../src/tiers";
import { leakCheckEachTest } from "../support/leak-check";
import { refused } from "./oci-scene";

leakCheckEachTest();

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const build = async (snapshot: string) => {
  const image = await buildImage({ from: { snapshot } }, imageHelpers);
  undo.push(() => removeImage(image.digest));
  return image;
};

/** What an agent may do to its files; a directory of the image is renamed, too. */
const CHANGES = [
  "echo new > /home/agent/new; rm /etc/motd /etc/issue; rm -r /usr/share/doc; mkdir /usr/share/doc",
  "mv /usr/share/perl5 /usr/share/moved; chown 1234:5678 /home/agent/new; chmod 4750 /home/agent/new",
  "ln /home/agent/new /home/agent/newer; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"/home/agent/s\")'",
].join("; ");

describe("a snapshot as beginning", () => {
  it("has the files that the sandbox had, with owners and modes, in one layer, and outlives them", async () => {
    const config = { env: { PLACE: "here" }, cwd: "/opt" };
    const base = await buildImage({ ...defaultImage(), ...config });
    undo.push(() => removeImage(base.digest));
    const sandbox = await Sandbox.create({ image: base.digest, user: "root" });
    const told = await sandbox.commands.run(CHANGES, { reject: false });
    expect(told.stderr).toBe("");
    const { id } = await sandbox.createSnapshot();
    await sandbox.commands.run("echo later > /home/agent/new");
    const image = await build(id);
    expect((await build(id)).digest).toBe(image.digest);
    await sandbox.kill();
    expect(image).toMatchObject({ reference: `snapshot:${id}`, config });
    expect(image.layers).toHaveLength(1);
    expect(await verifyImage(image.digest)).toBe(true);
    const [root] = image.layers as [string];
    expect(readFileSync(join(root, "home/agent/new"), "utf8")).toBe("new\n");
    const files = await listLayers(image.layers);
    expect(files.get("./home/agent/new")).toMatchObject({ uid: 1234, gid: 5678, mode: 0o4750 });
    expect(files.get("./home/agent/newer")).toMatchObject({ link: "./home/agent/new" });
    const found = diffTrees(await listLayers(base.layers), files);
    const paths = found.filter(({ differs }) => differs.join() !== "time").map(({ path }) => path);
    const roots = [
      "/etc/motd",
      "/etc/issue",
      "/usr/share/doc/",
      "/usr/share/perl5",
      "/usr/share/moved",
      "/home/agent/new",
    ];
    expect(paths.filter((path) => !roots.some((one) => path.startsWith(one)))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(["/etc/issue", "/home/agent/newer", "/usr/share/moved"]));
    const moved = paths.filter((path) => path.startsWith("/usr/share/moved/")).length;
    expect(moved).toBe(paths.filter((path) => path.startsWith("/usr/share/perl5/")).length);
    expect(moved).toBeGreaterThan(5);
  });

  it.each(LOCAL_TIERS)("becomes sandboxes on %s that go on from there, also of a limited disk's", async (tier) => {
    const sandbox = await Sandbox.create({ tier, limits: { disk: "256MiB" } });
    await sandbox.files.write("/home/agent/note", "kept");
    const { id } = await sandbox.createSnapshot({ keep: true });
    undo.push(() => removeSnapshot(id));
    await sandbox.kill();
    const image = await build(id);
    await using next = await Sandbox.create({ tier, image: image.digest });
    expect((await next.commands.run("cat note; id -un; stat -c %U note; touch more")).stdout).toBe(
      "keptagent\nagent\n",
    );
  });

  it("that is gone, or whose files are the sandbox's own, is refused", async () => {
    await expect(build("snap-000000000000")).rejects.toEqual(refused("NO_SUCH_SNAPSHOT", /snap-000000000000/));
    await expect(build("../../x")).rejects.toEqual(refused("INVALID_OPTION", /^from\.snapshot: "\.\.\/\.\.\/x"/));
    await using sandbox = await Sandbox.create({ limits: { disk: "256MiB" } });
    const { id } = await sandbox.createSnapshot();
    await expect(build(id)).rejects.toEqual(refused("NO_SUCH_SNAPSHOT", new RegExp(`files of ${id} are not there`)));
  });

  it("with a file of 8 TiB of holes is refused by its name, and one with fewer has the digest of its bytes", async () => {
    const sandbox = await Sandbox.create();
    await sandbox.commands.run("truncate -s 8T huge; echo x >> huge");
    const { id } = await sandbox.createSnapshot();
    await expect(buildImage({ from: { snapshot: id } }, imageHelpers)).rejects.toMatchObject({
      code: "LIMIT",
      message: expect.stringMatching(
        /"\.\/home\/agent\/huge" has 8796093022210 bytes, of which \d{1,5} are data/,
      ) as string,
    });
    await sandbox.commands.run("rm huge; truncate -s 256M little; echo x >> little; touch -d @1 little");
    const { id: sparse } = await sandbox.createSnapshot();
    const image = await build(sparse);
    const [root] = image.layers as [string];
    expect(statSync(join(root, "home/agent/little")).blocks * 512).toBeLessThan(1 << 20);
    expect((await listLayers(image.layers)).get("./home/agent/little")).toMatchObject({
      size: 2 ** 28 + 2,
      content: (await sandbox.commands.run("sha256sum little")).stdout.slice(0, 64),
    });
    expect(await verifyImage(image.digest)).toBe(true);
    await sandbox.kill();
  });
});
