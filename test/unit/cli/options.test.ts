import { describe, expect, test } from "vitest";
import { parseEnv } from "../../../src/cli/options/env";
import { parseFile } from "../../../src/cli/options/file";
import { imageOf, parseImage } from "../../../src/cli/options/image";
import { parseCpus, parseProcesses } from "../../../src/cli/options/number";
import { parsePlace } from "../../../src/cli/options/place";
import { SandstackError } from "../../../src/model/error";

function errorOf(body: () => unknown): SandstackError {
  try {
    body();
  } catch (error) {
    if (error instanceof SandstackError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("--env", () => {
  test.each([
    [["A=1"], { A: "1" }],
    [["A="], { A: "" }],
    [["A=x=y"], { A: "x=y" }],
    [["HERE"], { HERE: "of ours" }],
    [["A=1", "A=2"], { A: "2" }],
  ])("%j", (values, expected) => {
    expect(parseEnv(values, { HERE: "of ours" })).toEqual(expected);
  });

  test("a name that is none does not repeat the value, which may be a secret", () => {
    const error = errorOf(() => parseEnv(["1A=hunter2"], {}));
    expect(error.message).toBe('--env: "1A" is not valid.');
    expect(error.hint).toBe("--env takes NAME=value, or NAME to take it from your own environment.");
  });

  test("a name that our environment has not", () => {
    expect(errorOf(() => parseEnv(["TOKEN"], {})).message).toBe('--env: "TOKEN" is not in your environment.');
  });
});

describe("--file", () => {
  test.each([
    ["a:/tmp/a", { from: "a", to: "/tmp/a" }],
    ["/x/y:/tmp/a", { from: "/x/y", to: "/tmp/a" }],
    ["C:\\a:/tmp/a", { from: "C:\\a", to: "/tmp/a" }],
    ["a:b:/tmp/a", { from: "a:b", to: "/tmp/a" }],
  ])("%s", (value, expected) => {
    expect(parseFile(value)).toEqual(expected);
  });

  test.each(["a", "a:", "a:tmp/a", ":/tmp/a", "/tmp/a", ""])("%j is refused", (value) => {
    const error = errorOf(() => parseFile(value));
    expect(error.message).toBe(`--file: ${JSON.stringify(value)} is not valid.`);
    expect(error.hint).toBe("--file takes here:/inside, the second an absolute path in the sandbox.");
  });
});

describe("--image", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  test.each([
    [digest, { kind: "digest", digest }],
    ["sha256:0a1b2c3d4e5f", { kind: "digest", digest: "sha256:0a1b2c3d4e5f" }],
    ["oci:registry.example/library/alpine:3.20", { kind: "oci", reference: "registry.example/library/alpine:3.20" }],
    ["oci:./layout", { kind: "oci", reference: "./layout" }],
    ["debian:bookworm", { kind: "suite", suite: "bookworm" }],
    ["./rootfs.tar", { kind: "rootfs", path: "./rootfs.tar" }],
    ["/srv/root", { kind: "rootfs", path: "/srv/root" }],
  ])("%s", (value, expected) => {
    expect(parseImage(value)).toEqual(expected);
  });

  test.each(["bookworm", "sha256:12", "debian:", "oci:", ""])("%j is refused", (value) => {
    expect(errorOf(() => parseImage(value)).message).toBe(`--image: ${JSON.stringify(value)} is not valid.`);
  });
});

describe("--image with --package", () => {
  const defaultImage = () => ({ from: { debian: "trixie" }, packages: ["python3-minimal"] });
  const suite = parseImage("debian:bookworm");
  const [digest, rootfs, oci] = [`sha256:${"0".repeat(64)}`, "./rootfs.tar", "oci:alpine"].map(parseImage);
  test.each([
    [undefined, [], undefined],
    [undefined, ["git"], { from: { debian: "trixie" }, packages: ["python3-minimal", "git"] }],
    [suite, [], { from: { debian: "bookworm" }, packages: [] }],
    [suite, ["git", "gcc"], { from: { debian: "bookworm" }, packages: ["git", "gcc"] }],
    [digest, [], `sha256:${"0".repeat(64)}`],
    [rootfs, [], "./rootfs.tar"],
    [oci, [], { from: { oci: "alpine" } }],
  ])("%j with %j", (image, packages, expected) => {
    expect(imageOf(image, packages, defaultImage)).toEqual(expected);
  });

  test.each([digest, rootfs, oci])("packages can't be put on %j", (image) => {
    const error = errorOf(() => imageOf(image, ["git"], defaultImage));
    expect(error.message).toBe('--package: "git" can\'t be put on this image.');
    expect(error.hint).toContain("--image debian:SUITE");
  });
});

describe("numbers", () => {
  test("--cpus", () => {
    expect(parseCpus("0.5")).toBe(0.5);
    for (const wrong of ["0", "-1", "half", "1e9", ""]) {
      expect(errorOf(() => parseCpus(wrong)).message).toBe(`--cpus: ${JSON.stringify(wrong)} is not valid.`);
    }
  });

  test("--processes", () => {
    expect(parseProcesses("128")).toBe(128);
    for (const wrong of ["0", "1.5", "many"]) {
      expect(errorOf(() => parseProcesses(wrong)).message).toBe(`--processes: ${JSON.stringify(wrong)} is not valid.`);
    }
  });
});

describe("a place of cp", () => {
  test.each([
    ["agent:/tmp/a", { kind: "sandbox", sandbox: "agent", path: "/tmp/a" }],
    ["agent:", { kind: "sandbox", sandbox: "agent", path: "" }],
    ['{"path":"/run/s"}:/tmp/a', { kind: "sandbox", sandbox: '{"path":"/run/s"}', path: "/tmp/a" }],
    ["./agent:/tmp/a", { kind: "here", path: "./agent:/tmp/a" }],
    ["file", { kind: "here", path: "file" }],
    [":/tmp", { kind: "here", path: ":/tmp" }],
  ])("%s", (text, expected) => {
    expect(parsePlace(text)).toEqual(expected);
  });
});
