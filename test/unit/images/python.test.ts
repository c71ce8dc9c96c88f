import { describe, expect, it } from "vitest";
import { parsePythonPins } from "../../../src/images/python/pins";
import { explainPip } from "../../../src/images/python/pip-failure";
import { wheelsOfReport } from "../../../src/images/python/resolve";
import { parseTarget, platformTags } from "../../../src/images/python/target";
import { JsonPlace } from "../../../src/model/json-place";

const TARGET = { python: "3.11", version: "3.11.2", machine: "x86_64", libc: "glibc 2.36" };

it.each<[object, string[], string[]]>([
  [
    { machine: "x86_64", libc: "glibc 2.17" },
    ["manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_5_x86_64", "manylinux1_x86_64", "linux_x86_64"],
    ["manylinux_2_18_x86_64", "manylinux_2_4_x86_64"],
  ],
  [
    { machine: "aarch64", libc: "glibc 2.36" },
    ["manylinux_2_36_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"],
    ["manylinux_2_12_aarch64", "manylinux2010_aarch64"],
  ],
  [{ machine: "x86_64", libc: "musl 1.2" }, ["musllinux_1_2_x86_64"], ["manylinux_2_17_x86_64"]],
])("wheels for %j may name these platforms", (target, some, none) => {
  const tags = platformTags(target as typeof TARGET);
  expect(tags).toEqual(expect.arrayContaining(some));
  for (const tag of none) expect(tags).not.toContain(tag);
});

describe("what an image's Python answers", () => {
  it("is what wheels are looked up for", () => {
    expect(parseTarget(JSON.stringify(TARGET))).toEqual(TARGET);
  });

  it.each([
    ["none", "python: the image has no python3."],
    ["incomplete email", "python: the image's Python lacks the module email of its library."],
    ["other pypy", "python: the image's Python is pypy."],
    ["Segmentation fault", 'python: the image\'s Python answered "Segmentation fault".'],
    ["", 'python: the image\'s Python answered "".'],
    [
      '{"python":"3.11; rm","version":"3.11.2","machine":"x86_64","libc":"glibc 2.36"}',
      "python: the image's Python answered",
    ],
    ['{"python":"3.11"}', "python: the image's Python answered"],
  ])("%j is refused", (said, message) => {
    expect(() => parseTarget(said)).toThrow(message);
  });
});

describe("pip's report", () => {
  const item = (name: string, url: string, archive_info?: object) => ({
    metadata: { name, version: "1.0" },
    download_info: { url, archive_info },
  });
  const hash = "a".repeat(64);

  it("gives the wheels by name", () => {
    const install = [
      item("b", "http://me:pw@index.example/b-1.0-py3-none-any.whl#x", { hashes: { sha256: hash } }),
      item("A", "http://index.example/A-1.0%2Bcpu-py3-none-any.whl", { hash: `sha256=${hash}` }),
    ];
    expect(wheelsOfReport({ install })).toEqual([
      { name: "A", version: "1.0", file: "A-1.0+cpu-py3-none-any.whl", sha256: hash },
      { name: "b", version: "1.0", file: "b-1.0-py3-none-any.whl", sha256: hash },
    ]);
  });

  it("gives a name that has no folder in it, however the address hides one", () => {
    const hidden = "http://index.example/files/..%2f..%2fetc%2fb-1.0-py3-none-any.whl";
    const [wheel] = wheelsOfReport({ install: [item("b", hidden, { hashes: { sha256: hash } })] });
    expect(wheel?.file).toBe("b-1.0-py3-none-any.whl");
    const odd = "http://index.example/%zz/b-1.0%2-py3-none-any.whl";
    const [other] = wheelsOfReport({ install: [item("b", odd, { hashes: { sha256: hash } })] });
    expect(() => parsePythonPins(new JsonPlace({ pip: other, wheels: [] }, "pins"))).toThrow(/pins\.pip\.file/);
  });

  it.each([
    [item("b", "http://index.example/b-1.0.tar.gz", { hashes: { sha256: hash } })],
    [item("b", "http://index.example/b-1.0-py3-none-any.whl", { hashes: { md5: "0" } })],
    [item("b", "http://index.example/b-1.0-py3-none-any.whl")],
  ])("with %j is refused", (one) => {
    expect(() => wheelsOfReport({ install: [one] })).toThrow("python: b 1.0 is no wheel with a sha256 hash.");
  });
});

it.each<[string, string[], string, string]>([
  [
    "a status",
    ['https://index.example "GET /simple/a/ HTTP/1.1" 503 None', "ERROR: No matching distribution found for a"],
    "BUILD_FAILED",
    "python: the package index failed with status 503.",
  ],
  [
    "a login",
    ['https://index.example "GET /simple/a/ HTTP/1.1" 403 None'],
    "BUILD_FAILED",
    "python: the package index wants another user or password.",
  ],
  [
    "a package that is missing in one of two indexes",
    ['https://index.example "GET /simple/a/ HTTP/1.1" 404 None', "ERROR: No matching distribution found for a==1"],
    "INVALID_OPTION",
    'python: "a==1" has no wheel for Python 3.11 on x86_64 with glibc 2.36.',
  ],
  [
    "no network",
    ["WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError('"],
    "BUILD_FAILED",
    "python: the package index cannot be reached.",
  ],
  [
    "other bytes",
    ["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."],
    "BUILD_FAILED",
    "python: what the index sent is not what its hash says.",
  ],
  [
    "a conflict",
    ["ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies."],
    "INVALID_OPTION",
    "python: cannot install a==1 and b==2: their dependencies conflict.",
  ],
  [
    "anything else",
    ["ERROR: odd thing at https://me:pw@index.example/simple"],
    "BUILD_FAILED",
    "python: pip failed: odd thing at …",
  ],
])("of pip's words %s is told", (_, said, code, message) => {
  const error = explainPip(said, TARGET);
  expect(error).toMatchObject({ code, message });
  expect(JSON.stringify([error.message, error.hint, error.cause])).not.toContain("example");
});

it.each([
  [{ pip: { name: "../pip" } }, /pip\.name/],
  [{ pip: { name: "pip", version: "1", file: "../x.whl", sha256: "0" } }, /pip\.file/],
  [{ pip: { name: "pip", version: "1", file: "p.whl", sha256: "0" } }, /pip\.sha256/],
])("pins %j are refused", (pins, message) => {
  expect(() => parsePythonPins(new JsonPlace(pins, "pins"))).toThrow(message);
});
