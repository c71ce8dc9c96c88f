import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { exitCodeOf, exitCodeOfError } from "../../../src/cli/exit-code";
import { Interrupted } from "../../../src/cli/interruption";
import { styleFor } from "../../../src/cli/style";
import { formatTable } from "../../../src/cli/table";
import { SandstackError } from "../../../src/model/error";

test("columns are as wide as their widest cell, and lines have no trailing space", () => {
  expect(formatTable(["NAME", "TIER"], [["a-long-name", "chroot"], ["b"]])).toBe(
    "NAME         TIER\na-long-name  chroot\nb\n",
  );
});

test("colours only on a terminal and without NO_COLOR", () => {
  expect(styleFor({ isTTY: true }, {})("red", "x")).toBe("\x1b[31mx\x1b[39m");
  expect(styleFor({ isTTY: true }, { NO_COLOR: "1" })("red", "x")).toBe("x");
  expect(styleFor({ isTTY: false }, {})("red", "x")).toBe("x");
});

test.each([
  [{ exitCode: 7, signal: null, timedOut: false }, 7],
  [{ exitCode: null, signal: 9, timedOut: false }, 137],
  [{ exitCode: null, signal: 15, timedOut: true }, 124],
  [{ exitCode: 0, signal: null, timedOut: true }, 124],
])("a command's end %j is exit code %d", (ended, code) => {
  expect(exitCodeOf(ended)).toBe(code);
});

test.each([
  [new Interrupted("SIGINT"), 130],
  [new Interrupted("SIGTERM"), 143],
  [new Interrupted("SIGPIPE"), 141],
  [new CommanderError(1, "commander.unknownOption", ""), 2],
  [new CommanderError(0, "commander.helpDisplayed", ""), 0],
  [new SandstackError("INVALID_OPTION", ""), 2],
  [new SandstackError("NO_SPACE", ""), 1],
  [new Error("unforeseen"), 1],
])("error %s is exit code %d", (error, code) => {
  expect(exitCodeOfError(error)).toBe(code);
});
