import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { carriedNpmrc } from "../../../src/images/npm/npmrc";
import { lockFor, type NpmRequest, parseNpm } from "../../../src/images/npm/option";

// A project's package.json, package-lock.json and .npmrc as an attacker writes them: refused before npm of this machine,
// which runs as root, sees them.

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "sandstack-npm-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function project(manifest: unknown, lock?: unknown): NpmRequest | undefined {
  const write = (name: string, value: unknown) =>
    writeFileSync(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
  write("package.json", manifest);
  if (lock !== undefined) write("package-lock.json", lock);
  return parseNpm({ package: join(folder, "package.json") });
}
const refused = (message: RegExp) =>
  expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringMatching(message) as string }) as Error;
const SOUND = { dependencies: { a: "^1" } };

describe("a package.json", () => {
  it.each(["^1.2.3", ">=1 <2 || 3.x", "1.0.0 - 2.0.0", "", "*", "latest", "npm:other@^2", "npm:@s/other", "~1"])(
    "may want %j",
    (wanted) =>
      expect(project({ dependencies: { "@s/a": wanted } })?.manifest).toEqual({ dependencies: { "@s/a": wanted } }),
  );

  it.each([
    "git+https://git.example/a",
    "git@git.example:a/b",
    "github:a/b",
    "a/b",
    "file:../a",
    "link:../a",
    "workspace:*",
    "/etc",
    "./a",
    "..",
    ".",
    "~/a",
    "https://files.example/a.tgz",
    "a.tgz",
    "1.0.0-a.TAR.GZ",
    "npm:git+https://git.example/a",
    "npm:../a",
    "npm:--x",
    "1\n2",
    "1\0",
    7,
    null,
    { a: 1 },
  ])("never wants %j", (wanted) => {
    for (const field of ["dependencies", "optionalDependencies", "overrides"]) {
      if (field === "overrides" && typeof wanted === "object" && wanted !== null) continue;
      expect(() => project({ ...SOUND, [field]: { a: wanted } })).toThrow(
        refused(/^npm(\.package)?: .*package\.json: \w+/),
      );
    }
    expect(() => project({ ...SOUND, overrides: { a: { b: wanted ?? 7 } } })).toThrow(refused(/overrides\.a\.b/));
  });

  it.each([
    "..",
    ".bin",
    "-g",
    "--prefix=x",
    "a/../../b",
    "/etc/x",
    "a\nb",
    "a\0b",
    "\u001b[2J",
    "a b",
    "@/a",
    "@s/../b",
  ])("never wants what is called %j", (name) =>
    expect(() => project({ dependencies: { [name]: "1" } })).toThrow(refused(/is under a name that no package has/)),
  );

  it.each<[string, unknown, RegExp]>([
    ["is deep", `{"dependencies":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, /nested too deeply/],
    ["wants one twice", '{"dependencies":{"a":"1","a":"2"}}', /dependencies\.a stands twice/],
    ["is a list", "[]", /it should be an object/],
    ["has a list", { dependencies: ["a"] }, /dependencies is \["a"\]; it should be an object/],
    ["is none", "module.exports = {}", /is no JSON/],
  ])("that %s is refused", (_, manifest, message) => {
    expect(() => project(manifest)).toThrow(refused(message));
  });

  it("that is a pipe is not waited for", () => {
    project(SOUND);
    execFileSync("mkfifo", [join(folder, "package-lock.json")]);
    expect(() => parseNpm({ package: join(folder, "package.json") })).toThrow(refused(/it is a pipe, and no file/));
  });
});

describe("a package-lock.json", () => {
  const locked = (packages: object) => ({ lockfileVersion: 3, packages: { "": SOUND, ...packages } });
  const at = (entry: object, place = "node_modules/a") => locked({ [place]: { version: "1.0.0", ...entry } });

  it("says which version is where, and nothing of where that came from or of what is for development", () => {
    const resolved = "https://elsewhere.example/a.tgz";
    const request = project(SOUND, {
      ...locked({
        "node_modules/a": { version: "1.0.0", resolved, integrity: "sha512-x" },
        "node_modules/dev": { version: "1.0.0", resolved: "git+ssh://git.example/dev", dev: true },
      }),
      dependencies: { a: { version: "git+https://git.example/a" } },
    });
    expect(lockFor(request as NpmRequest)).toEqual(
      locked({ "node_modules/a": { version: "1.0.0", integrity: "sha512-x" } }),
    );
    const old = project(SOUND, {
      lockfileVersion: 1,
      dependencies: { a: { version: "1.0.0", resolved, integrity: "x" } },
    });
    expect(lockFor(old as NpmRequest)).toEqual({
      lockfileVersion: 1,
      dependencies: { a: { version: "1.0.0", integrity: "x" } },
    });
  });

  it.each<[string, object]>([
    ["a link", at({ link: true, resolved: "../a" })],
    ["a repository", at({ resolved: "git+ssh://git.example/a#1" })],
    ["a file", at({ resolved: "file:a.tgz" })],
    ["an address that is a list", at({ resolved: ["https://r.example/a"] })],
    ["a place outside", at({}, "../../etc")],
    ["a place that climbs", at({}, "node_modules/../../etc")],
    ["a place that is absolute", at({}, "/etc/cron.d")],
    ["a place of its own", at({}, "packages/a")],
    [
      "a repository in the form of npm 6",
      { lockfileVersion: 1, dependencies: { a: { version: "git+https://git.example/a" } } },
    ],
    [
      "one below another in that form",
      { lockfileVersion: 1, dependencies: { a: { version: "1.0.0", dependencies: { b: { version: "file:../b" } } } } },
    ],
  ])("with %s is refused", (_, lock) => {
    expect(() => project(SOUND, lock)).toThrow(refused(/does not come from a registry/));
  });

  it.each<[string, unknown, RegExp]>([
    ["no object for a package", locked({ "node_modules/a": null }), /node_modules\/a"\] is null/],
    ["a name that is a path", at({ name: "../a" }), /name is "\.\.\/a"/],
    ["a version that is an option", at({ version: "--x" }), /version is "--x"/],
    ["a hash that is none", at({ integrity: 7 }), /integrity is 7/],
  ])("with %s is refused by its place", (_, lock, message) => {
    expect(() => project(SOUND, lock)).toThrow(refused(message));
  });
});

it("of an .npmrc what says where registries are counts, and not what npm does on this machine", () => {
  const kept = [
    "registry=https://r.example/",
    "@s:registry = https://s.example/",
    "//r.example/:_authToken=${TOKEN}",
    "strict-ssl=true",
    '"cafile"=/etc/ca.pem',
    "legacy-peer-deps=true",
  ];
  const dropped = [
    "git=/tmp/evil",
    "script-shell=/tmp/evil",
    "node-options=--require /tmp/evil.js",
    "cache=/etc",
    "prefix=/",
    "logs-dir=/etc",
    "global=true",
    "ignore-scripts=false",
    "userconfig=/tmp/x",
    "globalconfig=/tmp/x",
    "[section]",
    "; registry=x",
    "",
    "\ufeffgit=x",
    "'git'=x",
  ];
  const mixed = kept.flatMap((line, index) => [dropped[index] as string, line]).concat(dropped);
  expect(carriedNpmrc(mixed.join("\r\n"))).toBe(`${kept.join("\n")}\n`);
});
