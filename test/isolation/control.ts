import { spawn, type StdioOptions } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { statePath } from "../../src/model/state-dir";
import { compileProbe } from "../support/probe";
import { probeSource } from "./facts";
import type { Probe } from "./probes";
import type { ProbeRun } from "./verdict";

/** What a plain tool leaves: the host's namespaces, root, and a tree with /proc, /sys and /dev mounted into it. */
const PLAIN_CHROOT = `
  mount --bind "$1" "$1" && cd "$1" && mount -t proc proc proc && mount --rbind /sys sys && mount --rbind /dev dev
  root=$1 as=$2; shift 2; exec chroot --userspec="$as" "$root" "$@"`;
/** An ordinary process; only what it makes in /tmp goes with it. */
const ON_HOST = `mount -t tmpfs none /tmp && exec "$@"`;

export interface ControlOptions {
  control: Probe["control"];
  /** Uid and gid to run as in the chroot; root without. */
  uid?: number;
  /** Other probes that it calls, in its own folder. */
  alongside?: readonly string[];
  stdio?: StdioOptions;
}

/** Runs a probe where nothing holds it back. Its mounts happen in a mount namespace that goes with it. */
export async function runControl(program: string, args: readonly string[], options: ControlOptions): Promise<ProbeRun> {
  const { control, uid = 0, alongside = [], stdio = "pipe" } = options;
  const compiled = compileProbe(probeSource(program));
  const tree = mkdtempSync(statePath("control-"));
  try {
    chmodSync(tree, 0o755);
    for (const name of ["proc", "sys", "dev", "etc", "tmp", "probes"]) mkdirSync(join(tree, name));
    chmodSync(join(tree, "tmp"), 0o1777);
    for (const name of [program, ...alongside]) {
      copyFileSync(compileProbe(probeSource(name)), join(tree, "probes", name));
    }
    const inChroot = [PLAIN_CHROOT, "sh", tree, `${uid}:${uid}`, `/probes/${program}`, ...args];
    const onHost = [ON_HOST, "sh", compiled, ...args];
    return await run(["--mount", "sh", "-ec", ...(control === "host" ? onHost : inChroot)], stdio);
  } finally {
    rmSync(tree, { recursive: true });
  }
}

function run(unshareArgs: readonly string[], stdio: StdioOptions): Promise<ProbeRun> {
  const child = spawn("unshare", unshareArgs, { stdio, timeout: 20_000, killSignal: "SIGKILL" });
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (data) => (output.stdout += String(data)));
  child.stderr?.on("data", (data) => (output.stderr += String(data)));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode, signal) =>
      resolve({ exitCode, signal: signal && constants.signals[signal], ...output }),
    );
  });
}
