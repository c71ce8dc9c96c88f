import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildImage } from "../../src/images";
import { BuildContext, withContext } from "../../src/images/context";
import { unpackLayer } from "../../src/images/oci/unpack-layer";
import { ensureStore } from "../../src/images/store/layout";
import { leakCheckEachTest } from "../support/leak-check";
import { refused, useOciScene } from "./oci-scene";
import { NOTHING, storeContent, useOwnStore } from "./own-store";
import { directory, type MadeEntry, makeTar } from "./tar-maker";

// Archives that one reader takes for other files than another does. An image has just what was looked at: whoever unpacks
// it gets headers of ours.

leakCheckEachTest();
useOwnStore();
const scene = useOciScene();

let folder: string;
beforeEach(() => void (folder = mkdtempSync("/var/tmp/sandstack-parser-")));
afterEach(() => rmSync(folder, { recursive: true }));

/** An entry that stands where data was announced, or behind it. */
const hidden = (path: string) => makeTar([{ path, content: "hidden\n", mode: 0o4755 }]).subarray(0, 1024);
const gnuName = (path: string): MadeEntry => ({ path: "././@LongLink", type: "L", content: `${path}\0` });
const gnuSparse = (): MadeEntry => {
  const map = [0, 512, 1 << 20, 0].map((number) => `${number.toString(8).padStart(11, "0")}\0`).join("");
  const size = `${(1 << 20).toString(8).padStart(11, "0")}\0`;
  return {
    path: "sparse",
    type: "S",
    content: "d".repeat(512),
    fields: [
      [257, Buffer.from("ustar  \0")],
      [386, Buffer.from(map)],
      [483, Buffer.from(size)],
    ],
  };
};
const base256 = (value: bigint) => Buffer.from(BigInt.asUintN(96, value).toString(16).padStart(24, "0"), "hex");

/** The names that are seen in each archive, in order. */
const SEEN: readonly [what: string, archive: Buffer, names: string[]][] = [
  ["a fifo with a size", makeTar([{ path: "fifo", type: "6", size: 1024 }, { path: "seen" }]), ["fifo", "seen"]],
  ["a directory with a size", makeTar([{ ...directory("dir/"), size: 1024 }, { path: "seen" }]), ["dir", "seen"]],
  [
    "a directory by its name alone, with data",
    makeTar([{ path: "dir/", content: hidden("evil") }, { path: "seen" }]),
    ["dir", "seen"],
  ],
  [
    "a link with a size",
    makeTar([{ path: "a" }, { path: "h", type: "1", link: "a", size: 1024 }, { path: "seen" }]),
    ["a", "h", "seen"],
  ],
  [
    "two names, of pax and of GNU",
    makeTar([{ path: "pax", type: "x", content: "12 path=pax\n" }, gnuName("gnu"), { path: "short", content: "c" }]),
    ["gnu"],
  ],
  [
    "a size in pax that the header has not",
    makeTar([{ path: "a", content: hidden("evil"), size: 0, pax: { size: "1024" } }]),
    ["a"],
  ],
  [
    "a record for all that one takes back",
    makeTar([
      { path: "g", type: "g", content: "12 path=all\n" },
      { path: "own", pax: { path: "" } },
    ]),
    ["own"],
  ],
  ["numbers in base 256", makeTar([{ path: "a", content: "1234", fields: [[124, base256((1n << 95n) + 4n)]] }]), ["a"]],
  ["a time before 1970", makeTar([{ path: "a", fields: [[136, base256(-5n)]] }]), ["a"]],
  ["a second archive behind its end", Buffer.concat([makeTar([{ path: "a" }]), makeTar([{ path: "evil" }])]), ["a"]],
  ["garbage behind its end", Buffer.concat([makeTar([{ path: "a" }]), Buffer.alloc(5000, "x")]), ["a"]],
  [
    "one name twice",
    makeTar([
      { path: "a", content: "1" },
      { path: "./a", content: "2" },
    ]),
    ["a"],
  ],
  ["holes in GNU's old format", makeTar([gnuSparse(), { path: "seen" }]), ["seen", "sparse"]],
];

const REFUSED: readonly [what: string, entries: MadeEntry[], named: RegExp][] = [
  ["a negative size", [{ path: "a", fields: [[124, base256(-512n)]] }], /impossible size/],
  ["a size that is no number", [{ path: "a", fields: [[124, base256((1n << 90n) | (1n << 95n))]] }], /impossible size/],
  ["an owner that means none", [{ path: "a", pax: { uid: "4294967295" } }], /"a" has an impossible owner/],
  ["a time that is none", [{ path: "a", pax: { mtime: "now" } }], /"a" has an impossible time/],
  ["a link with a zero byte", [{ path: "a", type: "2", pax: { linkpath: "b\0/../../.." } }], /"a" links to/],
  [
    "a file through a hard link to a link",
    [{ path: "s", type: "2", link: "/var/tmp" }, { path: "h", type: "1", link: "s" }, { path: "h/sandstack-escaped" }],
    /"h\/sandstack-escaped" goes through the link "h"/,
  ],
];

const own = new Set(["dev", "etc", "home"]);
const namesIn = (root: string) =>
  readdirSync(root)
    .filter((name) => !own.has(name))
    .sort();

describe("what an image has is what was seen of its archive:", () => {
  it.each(SEEN)("%s", async (_, archive, names) => {
    const file = join(folder, "a.tar");
    writeFileSync(file, archive);
    const rootfs = await buildImage({ from: { rootfs: file } });
    expect(namesIn(rootfs.layers[0] as string)).toEqual(names);
    const oci = await buildImage({ from: { oci: scene.layout({ layers: [archive] }) } });
    expect(namesIn(oci.layers[0] as string)).toEqual(names);
  });

  it.each(REFUSED)("%s is refused", async (_, entries, named) => {
    const file = join(folder, "a.tar");
    writeFileSync(file, makeTar(entries));
    await expect(buildImage({ from: { rootfs: file } })).rejects.toEqual(refused("BAD_ARCHIVE", named));
    const oci = scene.layout({ layers: [makeTar(entries)] });
    await expect(buildImage({ from: { oci } })).rejects.toEqual(refused("BAD_ARCHIVE", named));
    expect(storeContent()).toEqual(NOTHING);
  });

  it.each(["etc/.wh.gone", "etc/.wh..wh..opq"])(
    "the mark %s of a layer of ours hides no entry in data of its own",
    async (mark) => {
      ensureStore();
      const file = join(folder, "layer.tar");
      const entries = [directory("etc/"), { path: mark, content: hidden("etc/evil") }, { path: "etc/seen" }];
      writeFileSync(file, makeTar(entries));
      await withContext({}, async (context: BuildContext) => {
        await unpackLayer(file, context);
        const names = readdirSync(join(context.work.tree, "etc"));
        expect(names).toContain("seen");
        expect(names).not.toContain("evil");
      });
    },
  );

  it.each(["gnu", "pax"])("holes stay holes in what tar --format=%s --sparse has made", async (format) => {
    const tree = join(folder, "tree");
    execFileSync("sh", [
      "-c",
      'mkdir "$0"; cd "$0"; echo head > f; truncate -s 64M f; echo tail >> f; touch -d @1 f .',
      tree,
    ]);
    const file = join(folder, "a.tar");
    execFileSync("tar", ["-c", "--sparse", `--format=${format}`, "-f", file, "-C", tree, "."]);
    expect(statSync(file).size).toBeLessThan(1 << 20);
    const { layers, digest } = await buildImage({ from: { rootfs: file } });
    const made = join(layers[0] as string, "f");
    expect(readFileSync(made).equals(readFileSync(join(tree, "f")))).toBe(true);
    expect(lstatSync(made).blocks * 512).toBeLessThan(1 << 20);
    expect((await buildImage({ from: { rootfs: tree } })).digest).toBe(digest);
  });
});
