import { describe, expect, it } from "vitest";
import { debFileName, type DebianPins, parseDebianPins } from "../../../src/images/debian/pins";
import { parseStatus } from "../../../src/images/debian/installed";
import { readPlanned } from "../../../src/images/debian/resolve";
import { JsonPlace } from "../../../src/model/json-place";

const HASH = "a".repeat(64);
const sources = [
  { uri: "http://a/debian", suite: "bookworm", components: ["main"] },
  { uri: "http://a/debian", suite: "bookworm-updates", components: ["main"] },
  { uri: "http://a/debian-security", suite: "bookworm-security", components: ["main"] },
];

describe("a line of apt's plan", () => {
  it("is a package, with its epoch and the archive that has it", () => {
    const line = `'http://a/debian-security/pool/updates/main/g/git/git_2.39%2bdeb12u2_amd64.deb' git_1%3a2.39+deb12u2_amd64.deb 7260920 SHA256:${HASH}`;
    const [deb] = readPlanned(line, sources);
    expect(deb).toEqual({
      name: "git",
      version: "1:2.39+deb12u2",
      architecture: "amd64",
      archive: "bookworm-security",
      path: "pool/updates/main/g/git/git_2.39%2bdeb12u2_amd64.deb",
      size: 7260920,
      sha256: HASH,
    });
    expect(debFileName(deb!)).toBe("git_1%3a2.39+deb12u2_amd64.deb");
  });

  it.each([
    "W: something",
    "",
    `'http://elsewhere/x_1_all.deb' x_1_all.deb 1 SHA256:${HASH}`,
    "'http://a/debian/x_1_all.deb' x_1_all.deb 1 MD5Sum:aa",
  ])("is none: %j", (line) => {
    expect(readPlanned(line, sources)).toEqual([]);
  });
});

/** Pins as a hand may have left them. */
interface Loose {
  architecture?: unknown;
  packages: unknown;
  archives: [Record<string, unknown>];
}
const change = (all: Loose, field: string, value: unknown) => {
  (all.packages as [Record<string, unknown>])[0][field] = value;
};

describe("pins of a suite", () => {
  const pins = (): DebianPins => ({
    architecture: "amd64",
    archives: [{ suite: "bookworm", components: ["main"] }],
    packages: [
      {
        name: "hello",
        version: "2.10-3",
        architecture: "amd64",
        archive: "bookworm",
        path: "pool/h.deb",
        size: 1,
        sha256: HASH,
      },
    ],
  });
  const parse = (value: unknown) => parseDebianPins(new JsonPlace(value, "sandstack.lock: pins"));

  it("are what they were after a file has had them", () => {
    expect(parse(JSON.parse(JSON.stringify(pins())))).toEqual(pins());
  });

  it.each<[string, (pins: Loose) => void, string]>([
    [
      "no architecture",
      (all) => delete all.architecture,
      "pins.architecture is missing; it should be an architecture such as amd64.",
    ],
    ["a list that is none", (all) => (all.packages = {}), "pins.packages is {}; it should be a list."],
    [
      "a short hash",
      (all) => change(all, "sha256", "abc"),
      'pins.packages[0].sha256 is "abc"; it should be 64 hex digits.',
    ],
    ["a hash that is a path", (all) => change(all, "sha256", `../${HASH}`), "pins.packages[0].sha256"],
    ["a path that leaves the archive", (all) => change(all, "path", "../../x.deb"), "pins.packages[0].path"],
    ["an address in place of a path", (all) => change(all, "path", "/etc/x.deb"), "pins.packages[0].path"],
    ["a name that is an option", (all) => change(all, "name", "--x"), 'pins.packages[0].name is "--x"'],
    [
      "a size that is none",
      (all) => change(all, "size", -1),
      "pins.packages[0].size is -1; it should be a whole number.",
    ],
    ["a suite with a line's end", (all) => (all.archives[0]["suite"] = "a\nb"), "pins.archives[0].suite"],
  ])("with %s are refused, naming the place", (_, spoil, message) => {
    const value = pins() as unknown as Loose;
    spoil(value);
    expect(() => parse(value)).toThrow(
      expect.objectContaining({ code: "CORRUPT", message: expect.stringContaining(message) as string }),
    );
  });
});

it("dpkg's status tells what is installed, and not what is half", () => {
  const status = [
    "Package: a\nStatus: install ok installed\nVersion: 1\n",
    "Package: b\nStatus: deinstall ok config-files\nVersion: 2\n",
    "Package: c\nStatus: install ok unpacked\nVersion: 3\n",
  ];
  expect([...parseStatus(status.join("\n"))]).toEqual([["a", "1"]]);
});
