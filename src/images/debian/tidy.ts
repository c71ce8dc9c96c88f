import { readdirSync } from "node:fs";
import { runTool } from "../tool/run-tool";
import { FIXED_TIME, removeInside, writeInside } from "../tree/edit";
import type { DebianPins } from "./pins";

const LEFT_BEHIND = [
  "/etc/apt/apt.conf.d/99mmdebstrap",
  "/etc/dpkg/dpkg.cfg.d/99mmdebstrap",
  "/var/cache/apt/pkgcache.bin",
  "/var/cache/apt/srcpkgcache.bin",
];
/** Folders whose content goes; apt makes again what it needs there. */
const EMPTIED = ["/etc/apt/sources.list.d", "/var/cache/apt/archives", "/var/lib/apt/lists"];

/** Takes away what the making left in a tree. Its apt knows the declared mirror, and no archive where none is declared. */
export function tidy(tree: string, { archives }: DebianPins, mirror: string | undefined): void {
  for (const path of LEFT_BEHIND) removeInside(tree, path);
  for (const folder of EMPTIED) {
    for (const name of readdirSync(tree + folder)) removeInside(tree, `${folder}/${name}`);
  }
  if (mirror === undefined) return removeInside(tree, "/etc/apt/sources.list");
  const address = mirror.replace(/\/+$/, "");
  const lines = archives.map(({ suite, components }) => `deb ${address} ${suite} ${components.join(" ")}\n`);
  writeInside(tree, "/etc/apt/sources.list", lines.join(""));
}

/** Sets the times of what was made just now to one that is always the same; files keep the times of their packages. */
export async function settleTimes(tree: string, signal?: AbortSignal): Promise<void> {
  const time = `@${FIXED_TIME}`;
  const touch = ["-exec", "touch", "--no-dereference", `--date=${time}`, "{}", "+"];
  await runTool(["find", tree, "-newermt", time, ...touch], { signal });
}
