import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { HostWitness } from "../../../examples/story/host-witness";

let folder: string;
const path = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sandstack-witness-"));
  mkdirSync(path("sub"));
  for (const name of ["a", "b", "sub/c"]) writeFileSync(path(name), name);
  // A link that leads back is not followed.
  symlinkSync(".", path("loop"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("sees nothing where nothing has happened, and a new file is nothing", () => {
  using host = new HostWitness([folder]);
  writeFileSync(path("sub/new"), "");
  expect(host.count).toBe(4);
  expect(host.damage()).toEqual([]);
});

it.each([
  ["sub/c", () => rmSync(path("sub/c"))],
  ["a", () => writeFileSync(path("a"), "another text")],
  ["b", () => chmodSync(path("b"), 0o777)],
  ["sub/c", () => rmSync(path("sub"), { recursive: true })],
])("sees what happened to %s", (name, harm) => {
  using host = new HostWitness([folder]);
  harm();
  expect(host.damage()).toEqual([path(name)]);
});

it("sees that a whole folder is gone", () => {
  using host = new HostWitness([path("sub")]);
  rmSync(path("sub"), { recursive: true });
  expect(host.damage()).toEqual([path("sub/c")]);
});

it("misses its canary, and takes it away at the end", () => {
  using gone = new HostWitness([folder]);
  rmSync(gone.canary);
  expect(gone.damage()).toEqual([gone.canary]);
  let canary: string;
  {
    using host = new HostWitness([folder]);
    canary = host.canary;
    expect(existsSync(canary)).toBe(true);
  }
  expect(existsSync(canary)).toBe(false);
});
