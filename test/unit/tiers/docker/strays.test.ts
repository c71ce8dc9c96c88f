import { expect, it } from "vitest";
import { isAbandoned } from "../../../../src/tiers/docker/strays";

const DAY = 86_400_000;

it.each([
  ["whose time is not over", 100 * DAY, false],
  ["that ended a while ago", 80 * DAY, false],
  ["that ended 30 days ago", 70 * DAY, true],
  ["that has no end", undefined, false],
])("what a stack declares for a sandbox %s is left to it, or not", (_, deadline, expected) => {
  expect(isAbandoned(deadline, 100 * DAY)).toBe(expected);
});
