import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { InsideView, parseInsidePath } from "../../../src/images/tree/inside";

describe("a path inside an image", () => {
  it.each([
    ["/opt/agent", "/opt/agent"],
    ["/opt//agent/./x/", "/opt/agent/x"],
    ["/", "/"],
  ])("%j is %j", (given, path) => expect(parseInsidePath("files", given)).toBe(path));

  it.each(["", "opt", "./opt", "../etc", "/a/../../etc", "/..", "/a\0b"])("%j is refused", (given) => {
    expect(() => parseInsidePath("files", given)).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: expect.stringContaining(JSON.stringify(given)) as string,
      }),
    );
  });
});

describe("links of an image", () => {
  const root = mkdtempSync(join(tmpdir(), "sandstack-inside-"));
  afterAll(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "base/usr/bin"), { recursive: true });
  mkdirSync(join(root, "layer/opt"), { recursive: true });
  const links = {
    bin: "usr/bin",
    abs: "/usr",
    out: "../../../../../../..",
    outside: "/etc",
    loop: "loop",
    "usr/up": "../..",
    chain: "abs/bin",
    dangling: "/none/there",
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, "base", name));
  writeFileSync(join(root, "base/usr/bin/sh"), "");
  symlinkSync("/usr", join(root, "layer/opt/to-usr"));
  const view = new InsideView([join(root, "layer"), join(root, "base")]);

  it.each([
    ["/bin/x", "/usr/bin/x"],
    ["/chain/x", "/usr/bin/x"],
    ["/abs/bin/sh", "/usr/bin/sh"],
    ["/out/usr/x", "/usr/x"],
    ["/usr/up/usr/up/bin/x", "/usr/bin/x"],
    ["/outside/passwd", "/etc/passwd"],
    ["/dangling/x", "/none/there/x"],
    ["/opt/to-usr/bin/x", "/usr/bin/x"],
    ["/new/deep/x", "/new/deep/x"],
    ["/", "/"],
  ])("%s leads to %s, inside", (path, resolved) => {
    expect(view.resolve(path, { last: false })).toBe(resolved);
  });

  it("are followed at the end only when asked", () => {
    expect(view.resolve("/bin", { last: false })).toBe("/bin");
    expect(view.resolve("/bin", { last: true })).toBe("/usr/bin");
  });

  it("that go in a circle are an error, not a hang", () => {
    expect(() => view.resolve("/loop/x", { last: false })).toThrow(/loop/);
  });

  it("are seen in the topmost layer that has the name", () => {
    expect(view.stat("/usr/bin/sh")?.isFile()).toBe(true);
    expect(view.stat("/opt/to-usr")?.isSymbolicLink()).toBe(true);
    expect(view.stat("/none")).toBeUndefined();
  });
});

describe("layers on top of each other", () => {
  const root = mkdtempSync(join(tmpdir(), "sandstack-inside-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const put = (path: string) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), "");
  };
  for (const path of [
    "low/a/one",
    "low/a/two",
    "low/gone/x",
    "low/back/old",
    "low/file/x",
    "top/a/three",
    "top/file",
  ]) {
    put(path);
  }
  mkdirSync(join(root, "middle/a"), { recursive: true });
  for (const path of ["middle/gone", "middle/back", "middle/a/two"])
    execFileSync("mknod", [join(root, path), "c", "0", "0"]);
  put("top/back/new");
  symlinkSync("/etc", join(root, "low/link"));
  put("top/link/own");
  const view = new InsideView(["top", "middle", "low"].map((layer) => join(root, layer)));

  it.each([
    ["/a/one", "low"],
    ["/a/two", undefined],
    ["/a/three", "top"],
    ["/gone", undefined],
    ["/gone/x", undefined],
    ["/back/new", "top"],
    ["/back/old", undefined],
    ["/file", "top"],
    ["/file/x", undefined],
    ["/link/own", "top"],
    // The lower layer's link is not there any more, and would lead out.
    ["/link/passwd", undefined],
  ])("show %s of the layer %s", (path, layer) => {
    expect(view.find(path)).toBe(layer && join(root, layer, path));
  });

  it.each([
    ["/", ["a", "back", "file", "link"]],
    ["/a", ["one", "three"]],
    ["/back", ["new"]],
    ["/gone", []],
    ["/link", ["own"]],
  ])("list %s as overlayfs would", (path, names) => expect(view.list(path)).toEqual(names));
});
