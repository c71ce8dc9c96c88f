import { describe, expect, it } from "vitest";
import { describeLock, pinChanges } from "../../../src/cli/stack/lock-changes";
import type { ImageLock } from "../../../src/model/lock";

const HASH = "a".repeat(64);
const locked = (packages: readonly (readonly [string, string])[], digest = HASH): ImageLock => ({
  digest: `sha256:${digest}`,
  layers: [
    {
      step: "source",
      declared: {},
      pins: { architecture: "amd64", packages: packages.map(([name, version]) => ({ name, version })) },
      digest: HASH,
    },
    { step: "files", declared: {}, digest: HASH },
  ],
});
const before = locked([
  ["apt", "2.6.1"],
  ["hello", "2.10"],
]);

describe("what a lock pins otherwise than before", () => {
  it("is told by package, in order of name", () => {
    const now = locked([
      ["jq", "1.6"],
      ["apt", "2.6.2"],
    ]);
    expect(pinChanges(before, now)).toEqual([
      { name: "apt", from: "2.6.1", to: "2.6.2" },
      { name: "hello", from: "2.10", to: undefined },
      { name: "jq", from: undefined, to: "1.6" },
    ]);
    expect(describeLock(before, now)).toBe("apt 2.6.1 → 2.6.2, hello 2.10 removed, jq 1.6 added");
  });

  it.each<[string, ImageLock | undefined, ImageLock]>([
    ["new, 2 packages pinned", undefined, before],
    ["as it was", before, before],
    ["the same packages, other files", before, { ...before, digest: `sha256:${"b".repeat(64)}` }],
  ])("%s", (words, old, now) => {
    expect(describeLock(old, now)).toBe(words);
  });
});
