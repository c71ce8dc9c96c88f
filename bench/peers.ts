import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Contender } from "./measure";

/** A program started by Node, timed to its first byte of output (or to its end, where it says nothing). */
export function program(name: string, command: string, args: readonly string[]): Contender {
  const sample = () =>
    new Promise<number>((resolve, reject) => {
      const began = performance.now();
      let took: number | undefined;
      const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
      let complaint = "";
      child.stdout.once("data", () => (took = performance.now() - began));
      child.stderr.on("data", (data) => (complaint += String(data)));
      child.on("error", reject);
      child.on("close", (code) => {
        if (code === 0) resolve(took ?? performance.now() - began);
        else reject(new Error(`${name}: exit code ${code}: ${complaint}`));
      });
    });
  return { name, sample };
}

export function isInstalled(command: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
}

/** systemd-nspawn as it comes; where systemd is not the machine's init it cannot register, and is told so. */
export function defaultNspawn(name: string, tree: string, command: readonly string[]): Contender {
  const without = existsSync("/run/systemd/system") ? [] : ["--register=no", "--keep-unit"];
  return program(name, "systemd-nspawn", ["--quiet", ...without, "--directory", tree, "--", ...command]);
}

export function bubblewrap(name: string, tree: string, command: readonly string[]): Contender {
  const view = ["--bind", tree, "/", "--proc", "/proc", "--dev", "/dev", "--unshare-all", "--die-with-parent"];
  return program(name, "bwrap", [...view, "--", ...command]);
}

/** A writable copy of an image for the peers, as cheap as ours: an overlay. */
export function mountTree(layers: readonly string[], folder: string): { tree: string; unmount(): void } {
  const [upper, work, tree] = ["upper", "work", "tree"].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [upper, work, tree]) mkdirSync(path);
  const options = `lowerdir=${layers.join(":")},upperdir=${upper},workdir=${work}`;
  execFileSync("mount", ["-t", "overlay", "peers", "-o", options, tree]);
  return { tree, unmount: () => void execFileSync("umount", [tree]) };
}
