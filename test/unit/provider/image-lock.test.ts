import { describe, expect, it } from "vitest";
import { lockChange } from "../../../src/provider/kinds/image-lock";

const lock = (digest: string) => ({ file: "/p/sandstack.lock", name: "python", digest });
const change = (before: string | undefined, now: string | undefined, stored: string) =>
  lockChange(
    { id: stored, inputs: before ? { lock: lock(before) } : {}, outputs: { digest: stored } },
    now ? { lock: lock(now) } : {},
  );

describe("a change of an image's lock", () => {
  it.each<[string, string | undefined, string | undefined, string]>([
    ["there is none", undefined, undefined, "a"],
    ["the lock is of the image that there is", undefined, "a", "a"],
    ["it says what it said, though the image is another (the declaration has moved on)", "b", "b", "a"],
    ["it follows the image that there is", "b", "a", "a"],
    ["it is gone", "a", undefined, "a"],
  ])("replaces nothing where %s", (_, before, now, stored) => {
    expect(change(before, now, stored)).toEqual([]);
  });

  it.each<[string, string | undefined, "add" | "update"]>([
    ["a first lock", undefined, "add"],
    ["an upgraded lock", "a", "update"],
  ])("%s of another image replaces", (_, before, kind) => {
    expect(change(before, "b", "a")).toEqual([{ path: "lock", kind, effect: "replace", input: true }]);
  });
});
