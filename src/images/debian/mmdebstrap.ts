import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildContext } from "../context";
import { storePath } from "../store/layout";
import { requireTool } from "../tool/require";
import { endOfTool, startTool, throwIfAborted } from "../tool/run-tool";
import { FIXED_TIME } from "../tree/edit";
import { type AptSource, formatDeb822Sources } from "./apt-sources";
import { explainFailure } from "./failure";
import { PLAN_HOOK } from "./plan-hook";
import { BuildMeter } from "./progress";

/** Its own mounts and processes, which end with it; a host's name that is always the same; modes as declared. */
const ENCLOSURE = [
  ..."unshare --mount --uts --pid --fork --kill-child --mount-proc sh -c".split(" "),
  'umask 022; echo sandbox > /proc/sys/kernel/hostname; exec "$@"',
  "sh",
];

/** What of the environment reaches the maintainers' scripts: nothing that differs from one machine to the next, but proxies. */
const PASSED_ON = /^(https?|ftp|no)_proxy$/i;

export interface Suite {
  name: string;
  packages: readonly string[];
  sources: readonly AptSource[];
}

/** Fills the work directory with a suite's essential packages, apt, and those asked for. */
export async function runMmdebstrap(suite: Suite, aptConfig: string, context: BuildContext): Promise<void> {
  const { work, signal } = context;
  const meter = new BuildMeter();
  const lines: string[] = [];
  const tool = requireTool("mmdebstrap", "mmdebstrap");
  const config = join(work.path, "apt.conf");
  const hook = join(work.path, "plan-hook");
  writeFileSync(config, aptConfig, { mode: 0o600 });
  writeFileSync(hook, PLAN_HOOK, { mode: 0o700 });
  const child = startTool([...ENCLOSURE, tool, ...argumentsFor(suite, config, hook), suite.name, work.tree, "-"], {
    signal,
    env: environment(suite, work.path),
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin?.end(formatDeb822Sources(suite.sources));
  const { exitCode } = await endOfTool(child, (line) => {
    context.log(line);
    lines.push(line);
    const reached = meter.read(line);
    if (reached) context.report(reached.step, reached.fraction, reached.detail);
  });
  throwIfAborted(signal);
  if (exitCode !== 0) throw explainFailure(suite.name, exitCode, lines);
}

function argumentsFor({ packages }: Suite, config: string, hook: string): string[] {
  return [
    ...["--mode=root", "--variant=apt", "--format=directory", "--verbose"],
    // The packages are kept for the next build, and what else apt leaves is tidied here.
    "--skip=cleanup/apt,essential/unlink",
    // A file, for it may hold a proxy's password.
    `--aptopt=${config}`,
    "--dpkgopt=force-unsafe-io",
    `--setup-hook=${hook}`,
    ...(packages.length > 0 ? [`--include=${packages.join(",")}`] : []),
  ];
}

function environment({ packages }: Suite, folder: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name))),
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    LC_ALL: "C.UTF-8",
    TMPDIR: folder,
    SOURCE_DATE_EPOCH: String(FIXED_TIME),
    SANDSTACK_PACKAGES: packages.join(" "),
    SANDSTACK_PLAN: join(folder, "plan"),
    SANDSTACK_DEBS: storePath("debs"),
  };
}

/** What `apt-config dump` says on this machine. */
export async function dumpAptConfig(signal?: AbortSignal): Promise<string> {
  const lines: string[] = [];
  const child = startTool(["apt-config", "dump"], { signal, stdio: ["ignore", "pipe", "pipe"] });
  await endOfTool(child, (line) => lines.push(line));
  return lines.join("\n");
}
