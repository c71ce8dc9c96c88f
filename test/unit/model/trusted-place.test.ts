import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { distrustOf, walk, type Holder } from "../../../src/model/trusted-place";

describe("one step of a path, to root and uid 7", () => {
  const step = (change: Partial<Holder>, last = false) =>
    distrustOf({ path: "/p", uid: 0, mode: 0o40755, kind: "directory", ...change }, [0, 7], last)?.why;

  it.each<[string, Partial<Holder>, boolean]>([
    ["root's", {}, true],
    ["the caller's own", { uid: 7, mode: 0o40700 }, true],
    ["a sticky one on the way", { mode: 0o41777 }, false],
    ["a link, whose mode says nothing", { kind: "link", mode: 0o120777 }, false],
  ])("%s is trusted", (_, change, last) => expect(step(change, last)).toBeUndefined());

  it.each<[string, Partial<Holder>, boolean, string]>([
    ["somebody else's", { uid: 8 }, false, "belongs to uid 8 (mode 0755)"],
    ["somebody else's sticky one", { uid: 8, mode: 0o41777 }, false, "belongs to uid 8 (mode 1777)"],
    ["somebody else's link", { uid: 8, kind: "link", mode: 0o120777 }, false, "belongs to uid 8 (mode 0777)"],
    ["one that all write to", { mode: 0o40777 }, false, "can be written by others (uid 0, mode 0777)"],
    ["one that a group writes to", { uid: 7, mode: 0o40770 }, false, "can be written by others (uid 7, mode 0770)"],
    ["a sticky one as the place itself", { mode: 0o41777 }, true, "can be written by others (uid 0, mode 1777)"],
  ])("%s is not", (_, change, last, why) => expect(step(change, last)).toBe(why));
});

describe("a walk", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "sandstack-walk-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const make = (name: string, mode = 0o755) => {
    mkdirSync(join(folder, name));
    chmodSync(join(folder, name), mode);
  };

  it("goes through a sticky directory to one of one's own", () => {
    expect(walk(folder)).toEqual({ distrust: undefined, whole: true });
  });

  it("does not call whole what is not there", () => {
    expect(walk(join(folder, "not", "there"))).toEqual({ whole: false });
  });

  it("finds what others can write to on the way, also behind links and `..`", () => {
    make("open", 0o777);
    make("open/own");
    make("shut");
    symlinkSync("../open/own", join(folder, "shut/link"));
    symlinkSync(join(folder, "shut"), join(folder, "whole"));
    const open = { path: join(folder, "open"), why: expect.stringMatching(/^can be written by others/) as string };
    for (const way of ["open/own", "shut/link", "shut/link/../own", "whole/link"]) {
      expect([way, walk(`${folder}/${way}`).distrust]).toEqual([way, open]);
    }
    expect(walk(join(folder, "whole")).distrust).toBeUndefined();
  });

  it("takes a sticky place where others may share it, and only there", () => {
    make("shared", 0o1777);
    expect(walk(join(folder, "shared"), { shared: true }).distrust).toBeUndefined();
    expect(walk(join(folder, "shared")).distrust?.path).toBe(join(folder, "shared"));
  });

  it("ends at links that lead to each other", () => {
    symlinkSync("b", join(folder, "a"));
    symlinkSync("a", join(folder, "b"));
    expect(walk(join(folder, "a"))).toEqual({ whole: false });
  });
});
