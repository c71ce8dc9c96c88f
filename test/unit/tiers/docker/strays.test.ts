import { expect, it } from "vitest";
import { filesOfTar } from "../../../../src/tiers/docker/files-of-tar";
import { parseLeases } from "../../../../src/tiers/docker/leases";
import { oneFileTar } from "../../../../src/tiers/docker/one-file-tar";
import { isAbandoned, isDue } from "../../../../src/tiers/docker/strays";

const DAY = 86_400_000;

it.each([
  ["whose time is not over", 100 * DAY, false],
  ["that ended a while ago", 80 * DAY, false],
  ["that ended 30 days ago", 70 * DAY, true],
  ["that has no end", undefined, false],
])("what a stack declares for a sandbox %s is left to it, or not", (_, deadline, expected) => {
  expect(isAbandoned(deadline, 100 * DAY)).toBe(expected);
});

const ID = "sbx-0123456789ab";
const NOW = 100_000;

it.each<[string, number | undefined, Map<string, number> | undefined, boolean, boolean]>([
  ["over by its label", 90_000, new Map(), true, true],
  ["not over by its label", 99_000, new Map(), false, false],
  ["given more at the reaper", 90_000, new Map([[ID, 200_000]]), true, false],
  ["given less at the reaper", 200_000, new Map([[ID, 90_000]]), true, true],
  ["over by its label, running, with nobody to ask", 90_000, undefined, true, false],
  ["over by its label, ended, with nobody to ask", 90_000, undefined, false, true],
  ["without an end", undefined, new Map(), false, false],
])("what no ledger knows is due, or not: %s", (_, deadline, leases, isRunning, due) => {
  const object = { kind: "container", where: "c", owner: "o", sandbox: ID, createdAt: 0, deadline } as const;
  expect(isDue(object, { leases, running: new Set(isRunning ? [ID] : []) }, NOW)).toBe(due);
});

it("leases are read from files, and from an archive; half a line is none", () => {
  const archive = oneFileTar(`leases/${ID}`, Buffer.from("123\n"), 0o600);
  expect([...parseLeases(filesOfTar(archive))]).toEqual([[ID, 123]]);
  expect([
    ...parseLeases([
      [ID, "12"],
      ["other", "1\n"],
    ]),
  ]).toEqual([]);
});
