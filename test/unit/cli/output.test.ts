import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { formatReport } from "../../../src/cli/ability";
import { exitCodeOf, exitCodeOfError, exitCodeOfStart } from "../../../src/cli/exit-code";
import { Interrupted } from "../../../src/cli/interruption";
import { listed, sandboxTable, shortNames } from "../../../src/cli/listing";
import { formatSpan } from "../../../src/cli/span";
import { present, styleFor } from "../../../src/cli/style";
import { formatTable } from "../../../src/cli/table";
import { SandstackError } from "../../../src/model/error";
import type { SandboxRecord } from "../../../src/model/tier";

test("columns are as wide as their widest cell, and lines have no trailing space", () => {
  expect(formatTable(["NAME", "TIER"], [["a-long-name", "chroot"], ["b"]])).toBe(
    "NAME         TIER\na-long-name  chroot\nb\n",
  );
});

test("colours only on a terminal and without NO_COLOR", () => {
  expect(present(styleFor({ isTTY: true }, {})("red", "x"))).toBe("\x1b[31mx\x1b[39m");
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

test.each([
  [new SandstackError("NOT_FOUND", ""), 127],
  [new SandstackError("NOT_EXECUTABLE", ""), 126],
  [new SandstackError("BAD_PATH", ""), undefined],
  [new Error("NOT_FOUND"), undefined],
])("a command that can't start, %s, is exit code %s", (error, code) => {
  expect(exitCodeOfStart(error)).toBe(code);
});

test.each([
  [10_000, "in 10s"],
  [0, "in 0s"],
  [250_400, "in 4m10s"],
  [-1_999, "1s ago"],
  [-7_530_000, "2h5m ago"],
])("%d ms from now is %j", (ms, text) => {
  expect(formatSpan(1_000_000_000 + ms, 1_000_000_000)).toBe(text);
});

const RECORD: SandboxRecord = {
  id: "sbx-aaaaaaaaaaaa",
  name: "agent",
  tier: "nspawn",
  owner: "run:1",
  image: "sha256:0",
  createdAt: 0,
  deadline: 300_000,
  state: "running",
  connection: {
    version: 1,
    tier: "nspawn",
    id: "sbx-aaaaaaaaaaaa",
    owner: "run:1",
    address: { kind: "unix", path: "/run/s" },
  },
};
const ENDED: SandboxRecord = {
  ...RECORD,
  id: "sbx-bbbbbbbbbbbb",
  name: undefined,
  state: "ended",
  ended: {
    id: "sbx-bbbbbbbbbbbb",
    endedAt: 50_000,
    how: "killed",
    exitCode: null,
    signal: null,
    task: false,
    outputDropped: 0,
  },
};

test("sandboxes are listed with what a person asks: which, where, until when", () => {
  const dead: SandboxRecord = { ...RECORD, id: "sbx-cccccccccccc", name: "c", state: "dead" };
  expect(sandboxTable([RECORD, ENDED, dead], 60_000)).toBe(
    [
      "NAME   ID                TIER    STATE    ENDS",
      "agent  sbx-aaaaaaaaaaaa  nspawn  running  in 4m",
      "-      sbx-bbbbbbbbbbbb  nspawn  ended    10s ago (killed)",
      "c      sbx-cccccccccccc  nspawn  dead     when `sandstack gc` runs",
      "",
    ].join("\n"),
  );
});

test("a sandbox of a stack is listed by the name that its program gives it, and its stack", () => {
  const declared: SandboxRecord = { ...RECORD, name: undefined, declaredAs: "job", stack: "lab/docker" };
  expect(sandboxTable([RECORD, declared], 60_000)).toBe(
    [
      "NAME   ID                TIER    STATE    ENDS   STACK",
      "agent  sbx-aaaaaaaaaaaa  nspawn  running  in 4m  -",
      "job    sbx-aaaaaaaaaaaa  nspawn  running  in 4m  lab/docker",
      "",
    ].join("\n"),
  );
  expect(listed(declared)).toMatchObject({ name: "job", stack: "lab/docker" });
});

test("one word for each leads back to it: a name that the stack at hand gives, else the id", () => {
  const other: SandboxRecord = { ...ENDED, declaredAs: "agent", stack: "lab/docker" };
  expect(shortNames([RECORD, other], new Map())).toBe("agent\nsbx-bbbbbbbbbbbb\n");
  expect(shortNames([other], new Map([[ENDED.id, "job"]]))).toBe("job\n");
  expect(shortNames([other], new Map([[ENDED.id, "two words"]]))).toBe("sbx-bbbbbbbbbbbb\n");
});

test("a program gets the names of the runtime, and times as ISO 8601", () => {
  const shown = JSON.parse(JSON.stringify([RECORD, ENDED].map(listed))) as unknown[];
  expect(shown[0]).toEqual({
    sandboxId: "sbx-aaaaaaaaaaaa",
    name: "agent",
    tier: "nspawn",
    owner: "run:1",
    image: "sha256:0",
    state: "running",
    connection: RECORD.connection,
    startedAt: "1970-01-01T00:00:00.000Z",
    endAt: "1970-01-01T00:05:00.000Z",
  });
  expect(shown[1]).toMatchObject({
    ended: { endedAt: "1970-01-01T00:00:50.000Z", how: "killed", exitCode: null, signal: null },
  });
});

test("doctor says of each tier whether it can run, and how to get what it lacks", () => {
  const missing = [{ what: "systemd-nspawn", why: "it makes the namespaces", how: "sudo apt-get install x" }];
  const tiers = [
    { name: "chroot", ready: true, missing: [] },
    { name: "nspawn", ready: false, missing },
  ];
  const images = [{ name: "debian", ready: true, missing: [] }];
  expect(formatReport({ tiers, images }, (_, text) => text)).toBe(
    [
      "Sandboxes",
      "  chroot  ready",
      "  nspawn  not ready",
      "    needs systemd-nspawn: it makes the namespaces",
      "      sudo apt-get install x",
      "Images",
      "  debian  ready",
      "",
    ].join("\n"),
  );
  const open = [{ what: "crashes", why: "a pipe", how: "ulimit" }];
  expect(formatReport({ tiers: [], images: [] }, (_, text) => text, open)).toBe(
    "Sandboxes\nImages\nOpen on this machine\n  crashes: a pipe\n    ulimit\n",
  );
});
