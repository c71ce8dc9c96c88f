import { expect, it } from "vitest";
import { isRunOwner, isSandboxId, isSnapshotId, newRunOwner, newSandboxId, newSnapshotId } from "../../../src/model/id";

it("new ids are of their kind, and no two the same", () => {
  const sandboxes = Array.from({ length: 1000 }, newSandboxId);
  expect(sandboxes.every(isSandboxId)).toBe(true);
  expect(new Set(sandboxes).size).toBe(1000);
  expect(isSnapshotId(newSnapshotId())).toBe(true);
  expect(isRunOwner(newRunOwner())).toBe(true);
});

it.each([
  ["sbx-0123456789ab", true],
  ["sbx-0123456789a", false],
  ["sbx-0123456789abc", false],
  ["sbx-0123456789aB", false],
  ["sbx-0123456789a/", false],
  ["snap-0123456789ab", false],
  ["../sbx-0123456789ab", false],
  ["sbx-0123456789ab\n", false],
])("isSandboxId(%j) is %j", (text, is) => expect(isSandboxId(text)).toBe(is));

it.each([
  ["run:1", true],
  ["running", false],
  ["0b1f", false],
])("isRunOwner(%j) is %j", (owner, is) => expect(isRunOwner(owner)).toBe(is));
