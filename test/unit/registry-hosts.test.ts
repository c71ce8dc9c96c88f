import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

// Where things come from is the machine's and the user's to say: no file of ours names a public registry. Not proven: a
// host that is not in this list.

const ROOT = resolve(__dirname, "../..");
const FOLDERS = ["bench", "components", "docs", "examples", "guest/src", "runtime", "scripts", "src", "stacks", "test"];

/** In pieces, so that this file names none either. */
const HOSTS = [
  ["deb", "debian.org"],
  ["security", "debian.org"],
  ["archive", "ubuntu.com"],
  ["ports", "ubuntu.com"],
  ["docker", "io/"],
  ["ghcr", "io"],
  ["quay", "io"],
  ["registry", "npmjs.org"],
  ["pypi", "org"],
  ["files", "pythonhosted.org"],
].map((pieces) => pieces.join("."));

it("no file of ours names a registry's host", () => {
  const below = (folder: string) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  const top = readdirSync(ROOT).filter((name) => name.endsWith(".md"));
  const files = [...FOLDERS.flatMap(below), ...top.map((name) => join(ROOT, name))];
  expect(files.length).toBeGreaterThan(500);
  const naming = files.flatMap((file) => {
    const text = readFileSync(file, "latin1");
    return HOSTS.filter((host) => text.includes(host)).map((host) => `${file}: ${host}`);
  });
  expect(naming).toEqual([]);
});
