import { describe, expect, it } from "vitest";
import { carriedAptConfig } from "../../../src/images/debian/apt-config";
import { explainFailure } from "../../../src/images/debian/failure";
import { InstallMeter } from "../../../src/images/debian/progress";

describe("a failed build", () => {
  it.each([
    ["E: Unable to locate package nosuch", "INVALID_OPTION", 'packages: "nosuch" is not a package of bookworm.'],
    [
      "E: Package 'gone' has no installation candidate",
      "INVALID_OPTION",
      'packages: "gone" is not a package of bookworm.',
    ],
    [
      "E: Version '9' for 'bash' was not found",
      "INVALID_OPTION",
      "packages: version '9' for 'bash' is not in bookworm.",
    ],
    ["E: Unable to correct problems, you have held broken packages.", "INVALID_OPTION", "cannot be installed together"],
    ["W: GPG error: http://a x InRelease: … NO_PUBKEY 6ED0E7B82643E131", "BUILD_FAILED", "NO_PUBKEY 6ED0E7B82643E131"],
    ["E: The repository 'http://a x InRelease' is not signed.", "BUILD_FAILED", "not signed"],
    ["E: Failed to fetch http://a/x.deb  Could not connect to a:80", "BUILD_FAILED", "cannot be reached"],
    [
      "E: Failed to fetch http://a/x.deb  Redirection loop encountered [IP: ::1 80]",
      "BUILD_FAILED",
      "leads nowhere: Redirection loop encountered",
    ],
    ["E: Failed to fetch http://a/x.deb  Hash Sum mismatch", "BUILD_FAILED", "something else than its lists promise"],
    ["tar: write error: No space left on device", "NO_SPACE", "images"],
    ["E: setup failed: E: strange", "BUILD_FAILED", "setup failed: E: strange"],
  ])("%s", (line, code, message) => {
    const error = explainFailure("bookworm", {
      tool: "apt-get",
      exitCode: 25,
      lines: ["I: begins", "", line, "I: ends"],
    });
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) as string });
    expect(error.cause).toContain(line);
  });

  it("is not taken for an unknown package because a package's script says so in passing", () => {
    const { code, message } = explainFailure("bookworm", {
      tool: "apt-get",
      exitCode: 1,
      lines: ["info: 404 Not Found is fine", "E: other"],
    });
    expect([code, message]).toEqual(["BUILD_FAILED", expect.stringContaining("other")]);
  });
});

describe("progress", () => {
  it("rises by packages from the end of the download to the last that is set up", () => {
    const meter = new InstallMeter(2);
    const lines = [
      "Reading package lists...",
      "Unpacking libc6 (2.36-9) ...",
      "Unpacking dash (0.5) ...",
      "Setting up libc6 (2.36-9) ...",
      "Setting up dash (0.5) ...",
      "Setting up dash (0.5) ...",
    ];
    const told = lines.map((line) => meter.read(line));
    expect(told.map((reached) => reached?.detail)).toEqual([undefined, "libc6", "dash", "libc6", "dash", "dash"]);
    const fractions = told.slice(1).map((reached) => reached?.fraction ?? Number.NaN);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[0]).toBeCloseTo(0.35 + 0.55 / 4);
    expect(fractions.at(-1)).toBe(0.9);
  });
});

it("carries what reaches an archive out of apt's configuration, and nothing else", () => {
  const dump = [
    'APT::Architecture "amd64";',
    'Acquire "";',
    'Acquire::http "";',
    'Acquire::http::Proxy "http://user:secret@proxy:3128";',
    'Acquire::http::Proxy::local "DIRECT";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::Languages:: "de";',
    'DPkg::Post-Invoke:: "rm -rf /";',
  ].join("\n");
  expect(carriedAptConfig(dump).split("\n").slice(0, 3)).toEqual([
    'Acquire::http::Proxy "http://user:secret@proxy:3128";',
    'Acquire::http::Proxy::local "DIRECT";',
    'Acquire::Check-Valid-Until "false";',
  ]);
  expect(carriedAptConfig(dump)).not.toMatch(/rm -rf|"de"|Architecture/);
});
