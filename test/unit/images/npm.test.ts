import { describe, expect, it } from "vitest";
import { readNpmLock, withAddresses } from "../../../src/images/npm/lock";
import { explainNpm } from "../../../src/images/npm/npm";
import { fingerprintOf, parseNpm } from "../../../src/images/npm/option";
import { parseNpmPins, sha512Of } from "../../../src/images/npm/pins";
import { newestFor } from "../../../src/images/npm/resolve";
import { JsonPlace } from "../../../src/model/json-place";

const HEX = "ab".repeat(64);
const INTEGRITY = `sha512-${Buffer.from(HEX, "hex").toString("base64")}`;
const TARGET = { node: "18.19.0", cpu: "x64", libc: "glibc" as const };

describe("what npm is asked for", () => {
  it("is sorted, with `latest` where no version is named", () => {
    expect(parseNpm(["b@^1 || 2", "@s/a", "c@next"])).toEqual({
      manifest: { dependencies: { "@s/a": "latest", b: "^1 || 2", c: "next" } },
    });
    expect(parseNpm([])).toBeUndefined();
  });

  it.each([
    "",
    7,
    "-g",
    "--registry=https://registry.example",
    "./dir",
    "git+https://git.example/a",
    "github:a/b",
    "a/b",
    "a@https://files.example/a.tgz",
    "a@file:../a",
    "@/a",
    "a b",
  ])("is never %j", (one) => {
    expect(() => parseNpm(["x", one])).toThrow(/^npm\[1\]: .* is not valid\.$/);
  });

  it.each<[unknown, string]>([
    ["cowsay", 'npm: "\\"cowsay\\"" is not valid.'],
    [{ package: 7 }, "npm: "],
    [{ package: "./none.json" }, 'npm.package: "./none.json" is no file'],
  ])("is not %j", (npm, message) => {
    expect(() => parseNpm(npm)).toThrow(message);
  });

  it("is the same wherever a lock's packages came from", () => {
    const lock = (host: string, version: string) => ({
      packages: { a: { version, resolved: `https://${host}/a.tgz` } },
    });
    expect(fingerprintOf(lock("one.example", "1"))).toBe(fingerprintOf(lock("two.example", "1")));
    expect(fingerprintOf(lock("one.example", "1"))).not.toBe(fingerprintOf(lock("one.example", "2")));
  });
});

describe("a package-lock.json", () => {
  const entry = (more: object = {}) => ({
    version: "1.0.0",
    resolved: "https://r.example/a.tgz",
    integrity: INTEGRITY,
    ...more,
  });
  const read = (packages: object) => readNpmLock({ lockfileVersion: 3, packages }, TARGET);

  it("gives the packages for the image's platform, by name, each once, and no address", () => {
    const other = `sha512-${Buffer.from("cd".repeat(64), "hex").toString("base64")}`;
    const { lock, tarballs } = read({
      "": { dependencies: { b: "1" } },
      "node_modules/b": entry(),
      "node_modules/a/node_modules/b": entry(),
      "node_modules/@s/a": entry({
        integrity: `sha1-AAAA ${other}`,
        os: ["!win32"],
        cpu: ["x64", "arm64"],
        libc: "glibc",
      }),
      "node_modules/c": entry({ optional: true, os: ["darwin"] }),
      "node_modules/d": entry({ optional: true, libc: ["musl"] }),
      "node_modules/e": { inBundle: true, version: "1.0.0" },
    });
    expect(tarballs).toEqual([
      { name: "@s/a", version: "1.0.0", sha512: "cd".repeat(64) },
      { name: "b", version: "1.0.0", sha512: HEX },
    ]);
    expect(JSON.stringify(lock)).not.toContain("example");
    expect(withAddresses(lock)["packages"]).toMatchObject({
      "node_modules/@s/a": { resolved: "https://store.invalid/@s/a.tgz" },
      "node_modules/e": { inBundle: true },
    });
  });

  it.each<[string, object, string]>([
    ["another platform", entry({ os: ["win32"] }), "npm: a@1.0.0 is not for linux on x64 with glibc."],
    ["a link", { link: true, resolved: "../a" }, "npm: a does not come from a registry."],
    ["a repository", entry({ resolved: "git+ssh://git.example/a#1" }), "npm: a does not come from a registry."],
    ["a weak hash", entry({ integrity: "sha1-AAAA" }), "npm: a@1.0.0 has no sha512 hash."],
    ["no hash", entry({ integrity: undefined }), "npm: a@1.0.0 has no sha512 hash."],
  ])("with what has %s is refused", (_, a, message) => {
    expect(() => read({ "": {}, "node_modules/a": a })).toThrow(message);
  });
});

it.each([
  [INTEGRITY, HEX],
  [`sha1-AAAA ${INTEGRITY} sha384-BBBB`, HEX],
])("of %s the sha512 counts", (integrity, hex) => {
  expect(sha512Of(integrity, "a@1")).toBe(hex);
});

it("the newest npm for the image's Node is taken", () => {
  const version = (version: string, node?: string) => ({ version, "engines.node": node, "dist.integrity": INTEGRITY });
  const all = [
    version("9.9.0", ">=14"),
    version("10.9.9", "^18.17.0 || >=20.5.0"),
    version("11.0.0-pre", ">=18"),
    version("11.1.0", ">=20.17"),
  ];
  expect(newestFor("18.19.0", all).version).toBe("10.9.9");
  expect(newestFor("16.0.0", all).version).toBe("9.9.0");
  expect(() => newestFor("12.0.0", all)).toThrow("npm: there is no npm for the image's Node 12.0.0.");
});

it.each<[string, string[], string, string]>([
  [
    "a package that is not there",
    [
      "npm error code E404",
      "npm error 404  The requested resource '@s/a@*' could not be found or you do not have permission",
    ],
    "INVALID_OPTION",
    "npm: the registry has no @s/a.",
  ],
  [
    "one that is not there, in older words",
    ["npm ERR! code E404", "npm ERR! 404  'a@latest' is not in this registry."],
    "INVALID_OPTION",
    "npm: the registry has no a.",
  ],
  [
    "a version that is not there",
    ["npm error code ETARGET", "npm error notarget No matching version found for a@9."],
    "INVALID_OPTION",
    "npm: the registry has no a@9.",
  ],
  [
    "a platform",
    ["npm error code EBADPLATFORM", 'npm error notsup Unsupported platform for a@1.0.0: wanted {"os":"win32"}'],
    "INVALID_OPTION",
    "npm: a@1.0.0 is not for linux on this processor.",
  ],
  [
    "a conflict",
    ["npm error code ERESOLVE"],
    "INVALID_OPTION",
    "npm: these packages want different versions of another.",
  ],
  ["a login", ["npm error code E401"], "BUILD_FAILED", "npm: the registry wants another login."],
  [
    "other bytes",
    ["npm error code EINTEGRITY"],
    "BUILD_FAILED",
    "npm: what the registry sent is not what its hash says.",
  ],
  ["no network", ["npm error code ECONNREFUSED"], "BUILD_FAILED", "npm: the registry cannot be reached."],
  [
    "anything else",
    ["npm error code E500", "npm error 500 Internal Server Error - GET https://me:pw@r.example/a"],
    "BUILD_FAILED",
    "npm: it failed: 500 Internal Server Error - GET …",
  ],
])("of npm's words %s is told", (_, said, code, message) => {
  const error = explainNpm(said);
  expect(error).toMatchObject({ code, message });
  expect(JSON.stringify([error.message, error.hint, error.cause])).not.toContain("example");
});

it.each([
  [{ npm: { name: "--x", version: "1", sha512: HEX } }, /npm\.name/],
  [{ npm: { name: "npm", version: "latest", sha512: HEX } }, /npm\.version/],
  [{ npm: { name: "npm", version: "1", sha512: "00" } }, /npm\.sha512/],
])("pins %j are refused", (pins, message) => {
  expect(() => parseNpmPins(new JsonPlace(pins, "pins"))).toThrow(message);
});
