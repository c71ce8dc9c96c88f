import { describe, expect, it } from "vitest";
import { imageConfig, ociConfig } from "../../../src/images/oci/config";
import { registryPlace } from "../../../src/images/oci/reference";
import { skopeoFailed } from "../../../src/images/oci/skopeo-failure";
import { platformDigest } from "../../../src/images/oci/source";
import { FromOci, toOci } from "../../../src/images/oci/whiteout-names";
import type { TarEntry } from "../../../src/images/tree/tar-header";
import { TarReader } from "../../../src/images/tree/tar-reader";
import { END, entryHeader, paddingOf } from "../../../src/images/tree/tar-writer";
import { OPAQUE } from "../../../src/images/tree/whiteouts";

const FILE: TarEntry = {
  path: "./a/file",
  kind: "file",
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: "7",
  link: "",
  attributes: [],
};

describe("a reference into a registry", () => {
  it.each([
    "alpine",
    "alpine:3.20",
    "registry.example/library/alpine",
    "registry.example:5000/team/a_b-c:V1.2",
    `a/b@sha256:${"0".repeat(64)}`,
    "127.0.0.1:5000/x:1",
    "[::1]:5000/x",
  ])("%s", (given) => {
    expect(registryPlace("REF", given).transport).toBe(`docker://${given}`);
  });

  it.each([
    ["me:secret@registry.example/a", 'REF: "…@registry.example/a" is not valid.'],
    ["https://registry.example/a", 'REF: "https://registry.example/a" is not valid.'],
    ["a b", 'REF: "a b" is not valid.'],
    ["-a", 'REF: "-a" is not valid.'],
    ["a@sha256:12", 'REF: "a@sha256:12" is not valid.'],
    ["a/../b", 'REF: "a/../b" is not valid.'],
  ])("is not %s", (given, message) => {
    expect(() => registryPlace("REF", given)).toThrow(message);
    expect(() => registryPlace("REF", given)).not.toThrow("secret");
  });
});

describe("an entry of a layer", () => {
  it.each<[string, Partial<TarEntry>]>([
    ["a file", {}],
    ["a directory", { path: "./d/", kind: "directory" }],
    ["a large file", { size: 9 * 2 ** 33 }],
    ["large ids", { uid: 3_000_000, gid: 2 ** 31 }],
    ["fractions of a second", { mtime: "1234567890.000000001" }],
    ["a time before 1970", { mtime: "-7.5" }],
    ["a long name", { path: `./${"ü".repeat(99)}` }],
    ["a long link", { kind: "symlink", link: "l".repeat(101) }],
    ["attributes of any bytes", { attributes: [["SCHILY.xattr.user.a", "\0\xff\n=1"]] }],
    ["a whiteout", { kind: "device", mode: 0, device: { kind: "c", major: 0, minor: 0 } }],
  ])("is read as it was written: %s", (_, change) => {
    const entry = { ...FILE, ...change };
    const found: TarEntry[] = [];
    const reader = new TarReader({ entry: (one) => found.push(one), data: () => {}, done: () => {} });
    reader.write(entryHeader(entry));
    if (entry.size === 0) {
      reader.write(Buffer.concat([paddingOf(0), END]));
      reader.finish();
    }
    expect(found).toEqual([entry]);
  });

  it.each<[string, Partial<TarEntry>, string[]]>([
    ["a file", {}, ["a/file"]],
    ["the root", { path: "./", kind: "directory" }, ["./"]],
    ["a whiteout", { kind: "whiteout" }, ["a/.wh.file"]],
    ["a whiteout at the root", { path: "./x", kind: "whiteout" }, [".wh.x"]],
    ["an opaque directory", { path: "./a/", kind: "directory", attributes: [OPAQUE] }, ["a/", "a/.wh..wh..opq"]],
    ["an opaque root", { path: "./", kind: "directory", attributes: [OPAQUE] }, ["./", ".wh..wh..opq"]],
  ])("is in OCI's names and back: %s", (_, change, names) => {
    const entry = { ...FILE, ...change };
    const made = toOci(entry);
    expect(made.map(({ path }) => path)).toEqual(names);
    const back = new FromOci();
    const last = made.map((one) => back.entry(one)).at(-1) as TarEntry;
    expect(last.kind).toBe(entry.kind);
    expect(last.attributes).toEqual(entry.attributes);
    expect(`./${last.path.replace(/^\.\//, "")}`).toBe(entry.path);
  });

  it("cannot have a name that hides another there", () => {
    expect(() => toOci({ ...FILE, path: "./a/.wh.b" })).toThrow('An OCI image cannot hold "/a/.wh.b"');
    expect(() => new FromOci().entry({ ...FILE, path: "none/.wh..wh..opq" })).toThrow("not in the archive before it");
  });
});

describe("a config", () => {
  it.each([[{}], [{ env: { A: "1=2", B: "" }, user: "7", cwd: "/" }]])("%j goes and comes back", (config) => {
    expect(imageConfig(ociConfig(config, [], {}))).toEqual(config);
  });

  it("of a stranger may be empty, but not nonsense", () => {
    expect(imageConfig({})).toEqual({});
    expect(imageConfig({ config: { Env: null, User: "", WorkingDir: "" } })).toEqual({});
    expect(() => imageConfig({ config: { Env: ["=x"] } })).toThrow('its config has the environment "=x"');
  });
});

describe("a manifest", () => {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const of = (...platforms: object[]) =>
    Buffer.from(
      JSON.stringify({
        manifests: platforms.map((platform, i) => ({ digest: `sha256:${String(i).repeat(64)}`, platform })),
      }),
    );

  it("of several platforms gives this one's digest", () => {
    expect(
      platformDigest(
        of(
          { os: "linux", architecture: "s390x" },
          { os: "windows", architecture: arch },
          { os: "linux", architecture: arch },
        ),
      ),
    ).toBe(`sha256:${"2".repeat(64)}`);
  });

  it("without this platform says which there are", () => {
    expect(() =>
      platformDigest(of({ os: "linux", architecture: "s390x" }, { os: "unknown", architecture: "unknown" })),
    ).toThrow(`There is no image for linux/${arch}, but for linux/s390x.`);
  });

  it.each(["<html>", "7", "null", ""])("is not %j", (text) => {
    expect(() => platformDigest(Buffer.from(text))).toThrow(
      /its manifest(: is \w+; it should be an object| is no JSON)/,
    );
  });
});

describe("what skopeo says", () => {
  const fatal = (message: string) => [`time="2026-01-01T00:00:00Z" level=fatal msg=${JSON.stringify(message)}`];
  it.each([
    ["reading manifest 1 in h/x: manifest unknown: manifest unknown", "NOT_FOUND", "there is no such image."],
    [
      "reading manifest 1 in h/x: unauthorized: authentication required",
      "PERMISSION_DENIED",
      "the registry wants a login that may do this.",
    ],
    [
      "pinging container registry h: dial tcp 127.0.0.1:1: connect: connection refused",
      "REGISTRY_FAILED",
      "the registry can't be reached.",
    ],
    ["http: server gave HTTP response to HTTPS client", "REGISTRY_FAILED", "the registry speaks HTTP without TLS."],
    [
      "x509: certificate signed by unknown authority",
      "REGISTRY_FAILED",
      "the registry's certificate is none that this machine trusts.",
    ],
    ["something new", "REGISTRY_FAILED", "what came is no image: something new"],
  ])("%s", (words, code, message) => {
    expect(skopeoFailed(fatal(words), true)).toMatchObject({ code, message });
  });
});
