import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildContext } from "../context";
import { runFetch } from "../tool/fetch";
import { endOfTool, startTool } from "../tool/run-tool";
import { carriedAptConfig } from "./apt-config";
import { type AptSource, formatDeb822Sources } from "./apt-sources";
import { explainFailure } from "./failure";

const FOLDERS = [
  "etc/apt/apt.conf.d",
  "etc/apt/sources.list.d",
  "etc/apt/preferences.d",
  "var/lib/apt/lists/partial",
  "var/cache/apt/archives/partial",
  "var/lib/dpkg",
];

/**
 * apt with a root of its own, in which nothing is installed: what this machine has installed, holds or prefers does not
 * count. How archives are reached (proxies, credentials) is the machine's.
 */
export class ScratchApt {
  private constructor(
    private readonly root: string,
    private readonly suite: string,
    private readonly context: BuildContext,
  ) {}

  /** Sets it up and fetches the archives' signed lists. */
  static async open(suite: string, sources: readonly AptSource[], context: BuildContext): Promise<ScratchApt> {
    const root = join(context.work.open, "apt");
    for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true, mode: 0o755 });
    const apt = new ScratchApt(root, suite, context);
    apt.haveInstalled("");
    writeFileSync(join(root, "etc/apt/sources.list.d/suite.sources"), formatDeb822Sources(sources));
    const config = [carriedAptConfig(await dumpAptConfig(context.signal)), ...ownConfig(root, await architecture())];
    // It may hold a proxy's password.
    writeFileSync(join(root, "apt.conf"), config.join("\n"), { mode: 0o600 });
    await apt.run("apt-get", ["update", "--error-on=any"]);
    return apt;
  }

  /** What a tool of apt's writes. */
  async run(tool: "apt-get" | "apt-cache", argv: readonly string[]): Promise<string[]> {
    const lines: string[] = [];
    const { signal, log } = this.context;
    const env = { ...process.env, LC_ALL: "C.UTF-8", APT_CONFIG: join(this.root, "apt.conf") };
    const { exitCode } = await runFetch([tool, ...argv], {
      ...{ from: "from.debian: the archive", code: "BUILD_FAILED", folder: this.root, isLookup: true },
      ...{ signal, env, limits: this.context.options.fetchLimits },
      onLine(line) {
        if (tool === "apt-get") log(line);
        lines.push(line);
      },
    });
    if (exitCode !== 0) throw explainFailure(this.suite, { tool, exitCode, lines });
    return lines;
  }

  /** Whether the archives have a package of that name. */
  async knows(name: string): Promise<boolean> {
    return (await this.run("apt-cache", ["pkgnames", name])).includes(name);
  }

  /** From now on a package is not taken, whatever depends on it. */
  refuse(name: string): void {
    const text = `Package: ${name}\nPin: release *\nPin-Priority: -1\n`;
    writeFileSync(join(this.root, "etc/apt/preferences.d", name), text);
  }

  /** From now on these count as installed. @param stanzas as `apt-cache show` gives them */
  haveInstalled(stanzas: string): void {
    const status = stanzas.replace(/^Package: .*$/gm, "$&\nStatus: install ok installed");
    writeFileSync(join(this.root, "var/lib/dpkg/status"), status);
  }
}

function ownConfig(root: string, architecture: string): string[] {
  return [
    `Dir "${root}";`,
    `Dir::State::status "${root}/var/lib/dpkg/status";`,
    'Dir::Etc::Trusted "/etc/apt/trusted.gpg";',
    'Dir::Etc::TrustedParts "/etc/apt/trusted.gpg.d";',
    `APT::Architecture "${architecture}";`,
    `APT::Architectures { "${architecture}"; };`,
    'APT::Install-Recommends "false";',
    'Acquire::ForceHash "SHA256";',
    "",
  ];
}

/** The architecture of this machine's packages, as dpkg names it. */
export async function architecture(): Promise<string> {
  return (await outputOf(["dpkg", "--print-architecture"])).trim();
}

/** What `apt-config dump` says on this machine. */
function dumpAptConfig(signal?: AbortSignal): Promise<string> {
  return outputOf(["apt-config", "dump"], signal);
}

async function outputOf(argv: readonly string[], signal?: AbortSignal): Promise<string> {
  const lines: string[] = [];
  const child = startTool(argv, { signal, stdio: ["ignore", "pipe", "ignore"] });
  await endOfTool(child, (line) => lines.push(line));
  return lines.join("\n");
}
