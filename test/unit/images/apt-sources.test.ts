import { describe, expect, it } from "vitest";
import { formatDeb822Sources, parseDeb822Sources, parseOneLineSources } from "../../../src/images/debian/apt-sources";
import { parseOsRelease } from "../../../src/images/debian/machine";

describe("one-line apt sources", () => {
  it.each([
    [
      "plain",
      "deb http://a/debian bookworm main contrib",
      { uri: "http://a/debian", suite: "bookworm", components: ["main", "contrib"] },
    ],
    [
      "a slash at the end",
      "deb http://a/debian/ sid main",
      { uri: "http://a/debian", suite: "sid", components: ["main"] },
    ],
    [
      "options",
      "deb [ arch=amd64 signed-by=/k.gpg ] http://a/debian bookworm main # why",
      { uri: "http://a/debian", suite: "bookworm", components: ["main"], signedBy: "/k.gpg" },
    ],
  ])("%s", (_, text, source) => {
    expect(parseOneLineSources(`# a comment\n\n${text}\n`)).toEqual([source]);
  });

  it.each(["# deb http://a/debian bookworm main", "deb-src http://a/debian bookworm main", "", "deb http://a/debian"])(
    "nothing in %j",
    (text) => expect(parseOneLineSources(text)).toEqual([]),
  );
});

describe("deb822 apt sources", () => {
  it("has one for each place and suite, and leaves out comments and what is disabled or of source", () => {
    const text = [
      "Types: deb deb-src",
      "# a comment in between",
      "URIs: http://a/debian/ http://b/debian",
      "Suites: bookworm bookworm-updates",
      "Components: main contrib",
      "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
      "",
      "Types: deb-src",
      "URIs: http://c/debian",
      "Suites: bookworm",
      "Components: main",
      " ",
      "Types: deb",
      "Enabled: no",
      "URIs: http://d/debian",
      "Suites: bookworm",
      "Components: main",
    ].join("\n");
    const found = parseDeb822Sources(text);
    expect(found.map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      "http://a/debian bookworm",
      "http://a/debian bookworm-updates",
      "http://b/debian bookworm",
      "http://b/debian bookworm-updates",
    ]);
    expect(found[0]).toMatchObject({
      components: ["main", "contrib"],
      signedBy: "/usr/share/keyrings/debian-archive-keyring.gpg",
    });
  });

  it("keeps a key that stands in the file through writing and reading again", () => {
    const key = "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----";
    const source = { uri: "http://a/debian", suite: "bookworm", components: ["main"], signedBy: key };
    expect(parseDeb822Sources(formatDeb822Sources([source, { ...source, suite: "sid" }]))).toEqual([
      source,
      { ...source, suite: "sid" },
    ]);
  });
});

it("reads an os-release file, quoted and plain", () => {
  const text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n';
  expect(parseOsRelease(text)).toMatchObject({ ID: "debian", VERSION_CODENAME: "bookworm" });
});
