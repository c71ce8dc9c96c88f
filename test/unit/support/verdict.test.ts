import { describe, expect, it } from "vitest";
import { readVerdict } from "../../isolation/verdict";

const run = { exitCode: 0, signal: null, stdout: "", stderr: "" };

describe("readVerdict", () => {
  it.each([
    [
      { ...run, stdout: "SUCCEEDED read: canary\n" },
      { succeeded: true, proof: "read: canary" },
    ],
    [
      { ...run, exitCode: 1, stdout: "BLOCKED open: No such file\n" },
      { succeeded: false, proof: "open: No such file" },
    ],
    [
      { ...run, exitCode: null, signal: 31 },
      { succeeded: false, proof: "killed by signal 31" },
    ],
    [
      { ...run, exitCode: null, signal: 9 },
      { succeeded: false, proof: "killed by signal 9" },
    ],
  ])("%j", (given, expected) => expect(readVerdict(given)).toEqual(expected));

  it.each([
    [{ ...run, exitCode: 64 }],
    [{ ...run, exitCode: null, signal: 11 }],
    [{ ...run, exitCode: 127, stderr: "not found" }],
    [{ ...run, stdout: "says nothing of itself" }],
  ])("refuses a probe that did not work: %j", (given) => {
    expect(() => readVerdict(given)).toThrow("the probe did not work");
  });
});
