import { describe, expect, it } from "vitest";
import { diffTrees } from "../../../src/images/tree/diff";
import { stack, type Tree, type TreeFile } from "../../../src/images/tree/list";
import { OPAQUE } from "../../../src/images/tree/whiteouts";

const FILE: TreeFile = {
  kind: "file",
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 1,
  mtime: "7",
  link: "",
  attributes: [],
  content: "c",
};
const DIRECTORY: TreeFile = { ...FILE, kind: "directory", content: "" };
const WHITEOUT: TreeFile = { ...FILE, kind: "whiteout", content: "" };
const tree = (files: Record<string, Partial<TreeFile>>): Tree =>
  new Map(Object.entries(files).map(([path, file]) => [path, { ...FILE, ...file }]));
const paths = (...trees: Tree[]) => [...stack(trees).keys()];

describe("two trees", () => {
  it.each<[string, Partial<TreeFile>, string[]]>([
    ["nothing", {}, []],
    ["a byte", { content: "d" }, ["content"]],
    ["the mode", { mode: 0o600 }, ["mode"]],
    ["the user", { uid: 7 }, ["owner"]],
    ["the group", { gid: 7 }, ["owner"]],
    ["the time", { mtime: "7.5" }, ["time"]],
    ["where it leads", { link: "./other" }, ["link"]],
    ["an attribute", { attributes: [["SCHILY.xattr.user.a", "1"]] }, ["xattr"]],
    ["what it is", { kind: "fifo", mode: 0o600 }, ["kind"]],
    ["two things", { content: "d", mtime: "8" }, ["content", "time"]],
  ])("that differ in %s", (_, change, differs) => {
    const found = diffTrees(tree({ "./f": {} }), tree({ "./f": change }));
    expect(found).toEqual(differs.length === 0 ? [] : [{ path: "/f", differs }]);
  });

  it("name what only one has, in order, and show names as UTF-8", () => {
    const odd = Buffer.from("./ö").toString("latin1");
    const found = diffTrees(
      tree({ ".": DIRECTORY, "./b": {} }),
      tree({ ".": { ...DIRECTORY, mode: 1 }, "./a": {}, [odd]: {} }),
    );
    expect(found).toEqual([
      { path: "/", differs: ["mode"] },
      { path: "/a", differs: ["only in B"] },
      { path: "/b", differs: ["only in A"] },
      { path: "/ö", differs: ["only in B"] },
    ]);
  });
});

describe("layers on top of each other", () => {
  const base = tree({ ".": DIRECTORY, "./d": DIRECTORY, "./d/x": {}, "./d/y": {}, "./dd": {} });

  it("show the topmost of each name, and what is below beside it", () => {
    const top = tree({ ".": DIRECTORY, "./d": { ...DIRECTORY, mode: 0o700 }, "./d/x": { content: "new" } });
    const all = stack([top, base]);
    expect([...all.keys()].sort()).toEqual([".", "./d", "./d/x", "./d/y", "./dd"]);
    expect(all.get("./d/x")).toMatchObject({ content: "new" });
    expect(all.get("./d")).toMatchObject({ mode: 0o700 });
  });

  it("hide what a whiteout names, and all below it", () => {
    expect(paths(tree({ ".": DIRECTORY, "./d": WHITEOUT }), base)).toEqual([".", "./dd"]);
    expect(paths(tree({ "./none": WHITEOUT }), base)).toEqual([...base.keys()]);
  });

  it("hide all below a directory that is opaque, and do not tell of the mark", () => {
    const all = stack([tree({ "./d": { ...DIRECTORY, attributes: [OPAQUE] }, "./d/z": {} }), base]);
    expect([...all.keys()].sort()).toEqual([".", "./d", "./d/z", "./dd"]);
    expect(all.get("./d")?.attributes).toEqual([]);
  });

  it("hide all below a directory that became a file, and come back with the next directory", () => {
    const file = tree({ "./d": {} });
    expect(paths(file, base).sort()).toEqual([".", "./d", "./dd"]);
    expect(paths(tree({ "./d": DIRECTORY, "./d/n": {} }), file, base).sort()).toEqual([".", "./d", "./d/n", "./dd"]);
  });
});
