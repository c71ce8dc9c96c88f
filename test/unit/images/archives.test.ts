import { describe, expect, it } from "vitest";
import { chooseArchives } from "../../../src/images/debian/archives";
import { candidatesOf, candidatesOfMirror } from "../../../src/images/debian/candidates";
import { type Answer, readFailure, readRelease } from "../../../src/images/debian/release-file";

const DEBIAN: Answer = { kind: "release", origin: "Debian" };
const ABSENT: Answer = { kind: "absent" };
const FAILED: Answer = { kind: "failed", why: "Could not connect" };

const source = (uri: string, suite: string, components = ["main"], signedBy?: string) => ({
  uri,
  suite,
  components,
  signedBy,
});

describe("where a suite may be", () => {
  const machine = [
    source("http://a/debian", "bookworm", ["main", "contrib"], "/bookworm.gpg"),
    source("http://a/debian", "bookworm-updates"),
    source("http://a/debian-security", "bookworm-security"),
    source("http://node/node_20.x", "nodistro"),
    source("http://docker/linux/debian", "bookworm", ["stable"]),
    source("http://cloud/apt", "cloud-sdk-bookworm"),
  ];

  it("is what the machine has of its own suite", () => {
    const found = candidatesOf("bookworm", machine, "bookworm");
    expect(found.map(({ uri, suite, own }) => [uri, suite, own])).toEqual([
      ["http://a/debian", "bookworm", true],
      ["http://a/debian", "bookworm-updates", true],
      ["http://a/debian-security", "bookworm-security", true],
    ]);
  });

  it("is the same archives for another suite", () => {
    const found = candidatesOf("trixie", machine, "bookworm");
    expect(found.map(({ suite, own }) => [suite, own])).toEqual([
      ["trixie", false],
      ["trixie-updates", false],
      ["trixie-security", false],
    ]);
  });

  it("is nowhere on a machine of another kind", () => {
    expect(candidatesOf("bookworm", [source("http://f/fedora", "40")], undefined)).toEqual([]);
  });
});

describe("which archive it is", () => {
  const base = (uri: string, answer: Answer) => ({
    candidate: { ...source(uri, "bookworm", ["main", "contrib"], "/own.gpg"), pocket: "" as const, own: true },
    answer,
  });
  const updates = (answer: Answer) => ({
    candidate: { ...source("http://a/debian", "bookworm-updates"), pocket: "-updates" as const, own: true },
    answer,
  });

  it("is the first of the distribution's own, with its key and components", () => {
    const others = base("http://ppa/ubuntu", { kind: "release", origin: "LP-PPA-somebody" });
    const sources = chooseArchives("bookworm", [
      others,
      updates(DEBIAN),
      base("http://a/debian", DEBIAN),
      base("http://b/debian", DEBIAN),
    ]);
    expect(sources.map(({ uri, suite }) => [uri, suite])).toEqual([
      ["http://a/debian", "bookworm"],
      ["http://a/debian", "bookworm-updates"],
    ]);
    expect(sources[0]).toMatchObject({ signedBy: "/own.gpg", components: ["main", "contrib"] });
  });

  it("goes without a pocket that is not there, as in sid", () => {
    expect(chooseArchives("sid", [base("http://a/debian", DEBIAN), updates(ABSENT)])).toHaveLength(1);
  });

  it("takes the distribution's usual components from a mirror", () => {
    const [candidate] = candidatesOfMirror("noble", "http://m/ubuntu/");
    const asked = [{ candidate: candidate!, answer: { kind: "release", origin: "Ubuntu" } as const }];
    expect(chooseArchives("noble", asked)[0]).toMatchObject({
      uri: "http://m/ubuntu",
      components: ["main", "universe"],
    });
  });

  it.each([
    ["no candidate", [], "INVALID_OPTION", /no apt source.*"nosuch"/, /mirror/],
    [
      "none has it",
      [base("http://a/debian", ABSENT)],
      "INVALID_OPTION",
      /"nosuch" is not a suite of http:\/\/a\/debian/,
      /mirror/,
    ],
    [
      "none answers",
      [base("http://a/debian", FAILED)],
      "BUILD_FAILED",
      /"nosuch".*http:\/\/a\/debian: Could not connect/,
      /network/,
    ],
    [
      "somebody else's",
      [base("http://a/x", { kind: "release", origin: "Else" })],
      "INVALID_OPTION",
      /"nosuch"/,
      /mirror/,
    ],
  ])("is said not to be had: %s", (_, asked, code, message, hint) => {
    expect(() => chooseArchives("nosuch", asked)).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringMatching(message) as string,
        hint: expect.stringMatching(hint) as string,
      }),
    );
  });
});

it.each([
  ["E: Failed to fetch http://a/dists/x/InRelease  404  Not Found [IP: 192.0.2.1 80]", ABSENT],
  [
    "E: Failed to fetch http://a/dists/x/InRelease  Could not resolve 'a'",
    { kind: "failed", why: "Could not resolve 'a'" },
  ],
])("apt-helper's %s", (line, answer) => {
  expect(readFailure(["W: something", line, "E: Download Failed"])).toEqual(answer);
});

it.each([
  ["Origin: Debian\nSuite: stable\n", { kind: "release", origin: "Debian" }],
  ["<html>Welcome to the hotel</html>", { kind: "failed", why: "its answer is no release file" }],
])("a release file that says %j", (text, answer) => {
  expect(readRelease(text)).toEqual(answer);
});
