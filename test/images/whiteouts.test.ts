import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestTree } from "../../src/images/tree/digest";
import { listLayers } from "../../src/images/tree/list";
import { leakCheckEachTest } from "../support/leak-check";

leakCheckEachTest();

let folder: string;
beforeEach(() => (folder = mkdtempSync("/var/tmp/sandstack-whiteouts-")));
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...argv: string[]) => execFileSync(argv[0] as string, argv.slice(1)).toString();

/** What a real overlay leaves in its upper directory after `change` ran in the merged one. */
function upperAfter(change: string): { lower: string; upper: string; merged: string } {
  const at = (name: string) => join(folder, name);
  for (const name of ["lower/etc/deep", "lower/opt", "upper", "work", "merged"])
    mkdirSync(at(name), { recursive: true });
  for (const name of ["lower/etc/a", "lower/etc/b", "lower/etc/deep/c", "lower/opt/d"]) writeFileSync(at(name), name);
  const mount = `mount -t overlay -o lowerdir=${at("lower")},upperdir=${at("upper")},workdir=${at("work")} o ${at("merged")}`;
  run("unshare", "--mount", "sh", "-c", `${mount} && cd ${at("merged")} && ${change} && cp -a . ${at("copy")}`);
  return { lower: at("lower"), upper: at("upper"), merged: at("copy") };
}

describe("a layer that hides what is below it", () => {
  it("is read as overlayfs shows it", async () => {
    const { lower, upper, merged } = upperAfter(
      "rm etc/a etc/b && rm -r opt && mkdir opt && echo > opt/new && touch -d @9 . opt",
    );
    expect(run("find", upper, "-type", "c").trim().split("\n")).toHaveLength(2);
    const seen = await listLayers([upper, lower]);
    expect(seen).toEqual(await listLayers([merged]));
    expect([...seen.keys()]).not.toContain("./etc/a");
    expect([...seen.keys()]).not.toContain("./opt/d");
  });

  it("has a digest that tells its whiteouts and marks, and nothing of how the kernel made them", async () => {
    const digest = async (make: (tree: string) => void) => {
      const tree = mkdtempSync(join(folder, "t-"));
      make(tree);
      run("touch", "-d", "@9", tree);
      return (await digestTree(tree)).digest;
    };
    const mknod = (path: string, mode = "0") => run("mknod", "-m", mode, path, "c", "0", "0");
    const two = (tree: string) => ["a", "b"].forEach((name) => mknod(join(tree, name)));
    const linked = (tree: string) => (mknod(join(tree, "a"), "600"), linkSync(join(tree, "a"), join(tree, "b")));
    const one = (tree: string) => mknod(join(tree, "a"));
    expect(await digest(linked)).toBe(await digest(two));
    expect(await digest(one)).not.toBe(await digest(two));
    expect(await digest(() => {})).not.toBe(await digest(one));
    await expect(digest((tree) => run("mknod", join(tree, "n"), "c", "0", "1"))).rejects.toMatchObject({
      code: "BAD_ARCHIVE",
    });
  });
});
