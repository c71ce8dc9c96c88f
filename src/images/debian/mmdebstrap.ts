import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildContext } from "../context";
import type { WorkDir } from "../store/work-dir";
import { requireTool } from "../tool/require";
import { endOfTool, startTool, throwIfAborted } from "../tool/run-tool";
import { FIXED_TIME } from "../tree/edit";
import { explainFailure } from "./failure";
import { INSTALL_HOOK } from "./install-hook";
import { InstallMeter } from "./progress";
import type { Workshop } from "./workshop";

/** Its own mounts, processes and network (none), which end with it; a host's name that is always the same; modes as declared. */
const ENCLOSURE = [
  ..."unshare --mount --uts --net --pid --fork --kill-child --mount-proc sh -c".split(" "),
  'umask 022; echo sandbox > /proc/sys/kernel/hostname; exec "$@"',
  "sh",
];

export interface Installation {
  suite: string;
  /** Names of those asked for; what they need comes along. */
  packages: readonly string[];
  workshop: Workshop;
  count: number;
}

/** Fills the workshop's tree with a suite's essential packages, apt, and those asked for, from a local repository alone. */
export async function runMmdebstrap(installation: Installation, context: BuildContext): Promise<void> {
  const { suite, packages, workshop, count } = installation;
  const { enter, inside } = workshop;
  const { work, signal } = context;
  const meter = new InstallMeter(count);
  const lines: string[] = [];
  const tool = requireTool("mmdebstrap", "mmdebstrap");
  const hook = join(work.path, "install-hook");
  writeFileSync(hook, INSTALL_HOOK, { mode: 0o700 });
  const child = startTool([...enter, ...ENCLOSURE, tool, ...argumentsFor(hook), suite, inside.tree, "-"], {
    signal,
    env: environment(work, inside.repository, packages),
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin?.end(`deb [trusted=yes] copy:${inside.repository} ./\n`);
  const { exitCode } = await endOfTool(child, (line) => {
    context.log(line);
    lines.push(line);
    const reached = meter.read(line);
    if (reached) context.report(reached.step, reached.fraction, reached.detail);
  });
  throwIfAborted(signal);
  if (exitCode !== 0) throw explainFailure(suite, { tool: "mmdebstrap", exitCode, lines });
}

function argumentsFor(hook: string): string[] {
  return [
    ...["--mode=root", "--variant=custom", "--format=directory", "--verbose"],
    // What apt leaves is tidied here.
    "--skip=update,cleanup/apt",
    '--aptopt=Acquire::Languages "none"',
    "--dpkgopt=force-unsafe-io",
    ...["setup", "essential", "customize"].map((name) => `--${name}-hook=${hook}`),
  ];
}

/** Nothing in it that differs from one machine to the next reaches the maintainers' scripts. */
function environment({ path, open }: WorkDir, repository: string, packages: readonly string[]): NodeJS.ProcessEnv {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    LC_ALL: "C.UTF-8",
    // apt, which looks for what to install as a user of its own, reads its settings there.
    TMPDIR: open,
    SOURCE_DATE_EPOCH: String(FIXED_TIME),
    SANDSTACK_WORK: path,
    SANDSTACK_REPOSITORY: repository,
    SANDSTACK_PACKAGES: packages.join(" "),
  };
}
