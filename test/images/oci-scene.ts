import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import type { Registry } from "../support/registry";
import { makeLayout, type MadeImage } from "./layout-maker";
import { directory, makeTar } from "./tar-maker";

export const BASE = makeTar([
  directory("./"),
  directory("etc/"),
  { path: "etc/word", content: "below\n", uid: 1234, gid: 5678, mode: 0o4750, mtime: 77 },
  { path: "etc/word2", type: "1", link: "etc/word" },
  { path: "etc/hidden", content: "hidden\n" },
  directory("opt/"),
  { path: "opt/old", content: "hidden too\n" },
  { path: "link", type: "2", link: "etc/word" },
]);
export const TOP = makeTar([
  directory("etc/"),
  { path: "etc/.wh.hidden" },
  { path: "etc/noted", content: "n\n", pax: { "SCHILY.xattr.user.note": "kept" } },
  directory("opt/"),
  { path: "opt/.wh..wh..opq" },
  { path: "opt/new", content: "new\n" },
]);
const CONFIG = { Env: ["PATH=/bin", "A=1=2"], User: "1234:5678", WorkingDir: "/opt", Labels: { a: "b" } };
/** A stranger's image of two layers, the upper of which hides things. */
export const IMAGE: MadeImage = { layers: [BASE, TOP], config: CONFIG };

export interface OciScene {
  /** For the test's own files; also the home in which skopeo looks for settings and logins. */
  readonly folder: string;
  /** Makes an OCI layout and gives its path. */
  layout(...images: MadeImage[]): string;
  /** Says that registries at these addresses speak plain HTTP, as a user says it. */
  trust(...addresses: string[]): void;
}

/** Called at the top of a file: each test has a scene of its own, gone after. */
export function useOciScene(): OciScene {
  let folder = "";
  let home: string | undefined;
  beforeEach(() => {
    folder = mkdtempSync("/var/tmp/sandstack-oci-");
    home = process.env["HOME"];
    process.env["HOME"] = folder;
  });
  afterEach(() => {
    process.env["HOME"] = home;
    rmSync(folder, { recursive: true });
  });
  return {
    get folder() {
      return folder;
    },
    layout: (...images) => makeLayout(mkdtempSync(join(folder, "layout-")), ...images),
    trust(...addresses) {
      const settings = join(folder, ".config/containers");
      mkdirSync(settings, { recursive: true });
      const text = addresses.map((address) => `[[registry]]\nlocation = "${address}"\ninsecure = true\n`);
      writeFileSync(join(settings, "registries.conf"), text.join(""));
    },
  };
}

/** Puts a layout into a registry with a tool that is not ours, and gives its reference there. */
export function push({ address }: Registry, path: string, tag: string, ...options: string[]): string {
  const name = `${address}/team/image:${tag}`;
  skopeo("copy", "--all", "--dest-tls-verify=false", ...options, `oci:${path}`, `docker://${name}`);
  return name;
}

export function skopeo(...args: string[]): void {
  execFileSync("skopeo", args, { stdio: "pipe" });
}

export function refused(code: string, message: RegExp): unknown {
  return expect.objectContaining({ code, message: expect.stringMatching(message) as string });
}
