import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openBuildSandbox } from "../../runtime/build-sandbox";
import { buildImage } from "../../src/images";
import { statePath } from "../../src/model/state-dir";
import { leakCheckEachTest } from "../support/leak-check";
import { unmount } from "../support/unmount";
import { refused, useOciScene } from "./oci-scene";
import { NOTHING, storeContent, useOwnStore } from "./own-store";
import { makeShellRootfs } from "./shell-rootfs";
import { directory, makeTar } from "./tar-maker";

// Archives that unpack to more than anybody would wait for, or have room for, are refused. The error says what
// they are and which bound they pass. Nothing of them stays.

leakCheckEachTest();
useOwnStore();
const scene = useOciScene();

let folder: string;
beforeEach(() => void (folder = mkdtempSync("/var/tmp/sandstack-bomb-")));
afterEach(() => rmSync(folder, { recursive: true }));

const TIMEOUT = 120_000;
const at = (name: string) => join(folder, name);

const CHUNK = 1 << 26;

/** One file of so many times 64 MiB of zeros, as tar has it, packed by a command: what is packed in pieces is one, too. */
function zeros(name: string, chunks: number, pack: string): string {
  writeFileSync(at("head"), makeTar([{ path: "zeros", size: chunks * CHUNK }]).subarray(0, 512));
  const packed = `${pack} < head; head -c ${CHUNK} /dev/zero | ${pack} > chunk; for i in $(seq ${chunks}); do cat chunk; done`;
  execFileSync("sh", ["-c", `{ ${packed}; head -c 1024 /dev/zero | ${pack}; } > ${name}`], { cwd: folder });
  return at(name);
}

describe("an archive that unpacks to more than its bounds", () => {
  it.each([
    ["gzip", "gzip -1"],
    ["zstd", "zstd -q -1"],
  ])(
    "is refused where %s has packed it to nearly nothing, by its name and the bound, and nothing is left",
    async (name, pack) => {
      const file = zeros(`bomb.${name}`, 17, pack);
      expect(statSync(file).size).toBeLessThan(8 << 20);
      const error = (await buildImage({ from: { rootfs: file } }).catch((failure: unknown) => failure)) as Error & {
        hint: string;
      };
      expect(error).toEqual(
        refused("LIMIT", new RegExp(`^from.rootfs: .*bomb.${name}.* unpack to more than 1073741824`)),
      );
      expect(error.hint).toMatch(/give it unpacked/);
      expect(storeContent()).toEqual(NOTHING);
    },
    TIMEOUT,
  );

  it(
    "is refused as a layer of an OCI image",
    async () => {
      const bomb = readFileSync(zeros("bomb.gz", 17, "gzip -1"));
      const path = scene.layout({ layers: [makeTar([directory("etc/")])] });
      replaceLayer(path, bomb);
      await expect(buildImage({ from: { oci: path } })).rejects.toEqual(
        refused("LIMIT", /^from.oci: .*unpack to more/),
      );
      expect(storeContent()).toEqual(NOTHING);
    },
    TIMEOUT,
  );

  it("is taken where it is large and packed as files are, or not packed at all", async () => {
    execFileSync("dd", ["if=/dev/urandom", `of=${at("random")}`, "bs=1M", "count=2", "status=none"]);
    execFileSync("sh", ["-c", "for i in $(seq 40); do cat random; done > many"], { cwd: folder });
    execFileSync("tar", ["-czf", at("fair.tgz"), "-C", folder, "many"]);
    expect((await buildImage({ from: { rootfs: at("fair.tgz") } })).sizeBytes).toBeGreaterThan(80 << 20);
    const { sizeBytes } = await buildImage({ from: { rootfs: zeros("plain.tar", 3, "cat") } });
    expect(sizeBytes).toBeGreaterThanOrEqual(3 * CHUNK);
  });

  it.each<[string, Buffer, RegExp]>([
    ["has a name that no system takes", makeTar([{ path: "x", pax: { path: "n".repeat(300) } }]), /nnn…" is too long/],
    ["has a path that no system takes", makeTar([{ path: "x", pax: { path: "d/".repeat(3000) } }]), /…" is too long/],
    [
      "says of a file without data that it has 8 TiB",
      makeTar([
        {
          path: "x",
          content: Buffer.concat([Buffer.from("1\n8796093022208\n0\n"), Buffer.alloc(512 - 18)]),
          pax: { "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "8796093022208" },
        },
      ]),
      /"\.?\/?x" says that it has 8796093022208 bytes/,
    ],
  ])("is refused where it %s", async (_, archive, message) => {
    writeFileSync(at("a.tar"), archive);
    await expect(buildImage({ from: { rootfs: at("a.tar") } })).rejects.toEqual(refused("LIMIT", message));
    await expect(buildImage({ from: { oci: scene.layout({ layers: [archive] }) } })).rejects.toEqual(
      refused("LIMIT", message),
    );
    expect(storeContent()).toEqual(NOTHING);
  });

  it.each([
    ["zstd", "zstd -q --long=28", /zstd.*memory/i],
    ["xz", "xz -0 --lzma2=preset=0,dict=1GiB", /xz.*memory usage limit/i],
  ])(
    "is refused where %s would take memory without end",
    async (name, pack, message) => {
      const file = zeros(`wide.${name}`, 5, pack);
      await expect(buildImage({ from: { rootfs: file } })).rejects.toEqual(refused("BAD_ARCHIVE", message));
      expect(storeContent()).toEqual(NOTHING);
    },
    TIMEOUT,
  );
});

describe("a build that would fill the disk", () => {
  beforeEach(() => void execFileSync("mount", ["-t", "tmpfs", "-o", "size=200m,mode=755", "tmpfs", statePath()]));
  afterEach(() => unmount(statePath()));

  it("of an archive ends while there is room for others, and nothing is left", async () => {
    const file = zeros("large.tar", 5, "cat");
    await expect(buildImage({ from: { rootfs: file } })).rejects.toEqual(refused("NO_SPACE", /less than|No space/));
    expect(storeContent()).toEqual(NOTHING);
  });

  it("by a command of `run` ends too, with its sandbox", async () => {
    const tree = makeShellRootfs(at("tree"));
    copyFileSync("/bin/cat", join(tree, "bin/cat"));
    const args = { from: { rootfs: tree }, run: ["/bin/cat /dev/zero > /opt/full"] };
    const built = buildImage(args, { sandbox: openBuildSandbox });
    await expect(built).rejects.toEqual(refused("NO_SPACE", /less than 10485760 bytes of its 209715200 are free/));
    expect(storeContent().unfinished).toEqual([]);
  });
});

/** Puts another blob in the place of a layout's only layer, with all that names it. */
function replaceLayer(path: string, blob: Buffer): void {
  const script = `
import hashlib, json, os, sys
top = sys.argv[1]
blob = sys.stdin.buffer.read()
at = lambda digest: os.path.join(top, "blobs/sha256", digest[7:])
def put(data):
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    open(at(digest), "wb").write(data)
    return {"digest": digest, "size": len(data)}
index = json.load(open(os.path.join(top, "index.json")))
manifest = json.load(open(at(index["manifests"][0]["digest"])))
manifest["layers"][0].update(put(blob))
index["manifests"][0].update(put(json.dumps(manifest).encode()))
json.dump(index, open(os.path.join(top, "index.json"), "w"))
`;
  execFileSync("python3", ["-c", script, path], { input: blob });
}
