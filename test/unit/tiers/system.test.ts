import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isKernelAtLeast } from "../../../src/tiers/local/preflight";
import type { SandstackError } from "../../../src/model/error";
import { keeperError } from "../../../src/tiers/local/start-keeper";
import { sudoLine } from "../../../src/tiers/system/not-root";
import { groupId, parseGroupId } from "../../../src/tiers/system/group";
import { formatIdentity, isAlive, ownIdentity, parseIdentity, parseStat } from "../../../src/tiers/system/process";
import { findTool, requireTool } from "../../../src/tiers/system/tool";

describe("processes", () => {
  const tail = "S 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 0";

  it.each([`12 (node) ${tail}`, `12 (a) S (b) ${tail}`, `12 (x\ny) ${tail}`])("parseStat(%j)", (line) => {
    expect(parseStat(line)).toEqual({ state: "S", startTime: "98765" });
  });

  it.each([
    ["12 345", { pid: 12, startTime: "345" }],
    ["12 345\n", { pid: 12, startTime: "345" }],
    ["12", undefined],
    ["", undefined],
    ["-1 345", undefined],
    ["12 345 6", undefined],
  ])("parseIdentity(%j) is %j", (text, identity) => expect(parseIdentity(text)).toEqual(identity));

  it("are themselves by pid and start time together", () => {
    const own = ownIdentity();
    expect(parseIdentity(formatIdentity(own))).toEqual(own);
    expect(isAlive(own)).toBe(true);
    expect(isAlive({ ...own, startTime: `${own.startTime}0` })).toBe(false);
  });

  it("are gone as zombies too", async () => {
    // The child dies once the shell has become sleep, which never waits for it; the shell itself might.
    const shell = spawn("sh", ["-c", "sleep 0.3 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const [said] = (await once(shell.stdout, "data")) as [Buffer];
      const pid = Number(String(said));
      await expect.poll(() => isAlive({ pid, startTime: startTimeOf(pid) }), { timeout: 10_000 }).toBe(false);
      expect(startTimeOf(pid)).not.toBe("");
    } finally {
      shell.kill("SIGKILL");
    }
  });
});

function startTimeOf(pid: number): string {
  return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8")).startTime;
}

describe("groups", () => {
  it.each([
    ["agents", 7],
    ["agent", undefined],
    ["root", 0],
    ["broken", undefined],
  ])("parseGroupId of %s is %s", (name, id) => {
    expect(parseGroupId("root:x:0:\nagents:x:7:a,b\nbroken:x:seven:\nbroken\n", name)).toBe(id);
  });

  it("an unknown one is refused by name", () => {
    expect(() => groupId("no-such-group")).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: 'group: "no-such-group" is not a group of this machine.',
      }),
    );
  });
});

describe("tools", () => {
  it("are found by absolute path", () => expect(findTool("sh")).toMatch(/^\/.*\/sh$/));

  it("one that is missing is named, with the line that installs it", () => {
    expect(() => requireTool("no-such-tool", "some-package")).toThrow(
      expect.objectContaining({
        code: "MISSING_TOOL",
        message: expect.stringContaining("no-such-tool") as string,
        hint: "sudo apt-get install some-package",
      }),
    );
  });
});

it.each([
  ["5.19.0", true],
  ["6.1.0-18-amd64", true],
  ["5.18.19", false],
  ["5.4.0", false],
  ["10.0", true],
  ["odd", false],
])("kernel %s is at least 5.19: %s", (release, is) => expect(isKernelAtLeast(release, [5, 19])).toBe(is));

it.each([
  [["/usr/bin/node", "/a/main.js", "run", "--", "true"], {}, `sudo ${process.execPath} /a/main.js run -- true`],
  [["node", "/a b/m.js", "it's"], {}, `sudo ${process.execPath} '/a b/m.js' 'it'\\''s'`],
  [["node", "/m.js"], { SANDSTACK_STATE_DIR: "/s" }, `sudo SANDSTACK_STATE_DIR=/s ${process.execPath} /m.js`],
])("sudoLine(%j, %j)", (argv, env, line) => expect(sudoLine(argv, env)).toBe(line));

it.each<[string | undefined, string[], Partial<SandstackError> | undefined]>([
  ["ready", [], undefined],
  [
    "error NO_SPACE the disk is full",
    [],
    { code: "NO_SPACE", message: "The sandbox could not be made: the disk is full" },
  ],
  ["ended 3", [], { code: "START_FAILED", message: "The keeper ended with exit code 3 before it was ready." }],
  [
    "killed 11",
    ["stack", "smashed"],
    { code: "START_FAILED", message: "The keeper was killed by signal 11 before it was ready: stack smashed." },
  ],
  [undefined, [], { code: "START_FAILED", message: "The keeper was lost with its starter before it was ready." }],
  ["error", [], { code: "START_FAILED", message: 'The keeper said "error" before it was ready.' }],
])("the keeper's last line %j after %j", (last, said, error) => {
  if (error) expect(keeperError(last, said)).toMatchObject(error);
  else expect(keeperError(last, said)).toBeUndefined();
});
