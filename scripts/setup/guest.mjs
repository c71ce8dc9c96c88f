import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { isStale } from "./newer.mjs";
import { runQuietly } from "./run.mjs";

const SOURCES = ["guest/src", "guest/Makefile", "package.json"];
const CROSS = { x64: "x86_64-linux-gnu-gcc", arm64: "aarch64-linux-gnu-gcc" };

/** The compiler that guest/Makefile uses for a processor: the machine's own, or Debian's cross compiler. */
export function compilerFor(arch) {
  return arch === process.arch ? "gcc" : CROSS[arch];
}

export function hasProgram(name) {
  return spawnSync("sh", ["-c", 'command -v -- "$1"', "sh", name]).status === 0;
}

/** Compiles the native guest for one processor when a source is newer. */
export async function buildGuest(arch = process.arch) {
  if (!isStale(`guest/bin/linux-${arch}/sandstack-guest`, SOURCES)) return;
  const jobs = `--jobs=${availableParallelism()}`;
  await runQuietly(`compiling the guest for ${arch}`, "make", [
    "-C",
    "guest",
    "--no-print-directory",
    jobs,
    `ARCH=${arch}`,
  ]);
}
