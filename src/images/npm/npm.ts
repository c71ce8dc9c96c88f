import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import { readSmallFile } from "../../model/small-file";
import type { BuildContext } from "../context";
import { runFetch } from "../tool/fetch";
import { requireTool } from "../tool/require";
import { carriedNpmrc } from "./npmrc";

const QUIET = ["--no-audit", "--no-fund", "--no-update-notifier", "--no-progress", "--loglevel=error"];

/**
 * Runs npm of this machine in a folder, with what it is to work on after all options. Where it looks and as whom is the
 * user's configuration of npm, which it reads by itself: nothing of that is told, or logged. What it keeps of answers is
 * in the folder: a registry that lied once would be believed for as long as it has said.
 * @returns what it wrote to stdout
 * @throws SandstackError MISSING_TOOL; INVALID_OPTION for what the registry does not have; BUILD_FAILED where it fails
 */
export async function runNpm(
  command: readonly string[],
  on: readonly string[],
  cwd: string,
  { signal, options }: BuildContext,
): Promise<string> {
  const npm = requireTool("npm", "npm");
  const out: Buffer[] = [];
  const { exitCode, tail } = await runFetch([npm, ...command, ...QUIET, `--cache=${cacheIn(cwd)}`, "--", ...on], {
    ...{ from: "npm: the registry", code: "BUILD_FAILED", folder: cwd, cwd, signal, limits: options.fetchLimits },
    isLookup: command[0] !== "cache",
    env: { ...process.env, TMPDIR: cwd },
    onOutput: (data) => void out.push(data),
  });
  if (exitCode !== 0) throw explainNpm(tail);
  return Buffer.concat(out).toString("utf8");
}

export function cacheIn(folder: string): string {
  return join(folder, "cache");
}

/** A project's own configuration of npm says where its packages are. */
export function takeNpmrc(npmrc: string | undefined, folder: string): void {
  if (npmrc !== undefined) writeFileSync(join(folder, ".npmrc"), carriedNpmrc(readSmallFile(npmrc)), { mode: 0o600 });
}

/** What npm said, in the user's terms. Addresses are left out: they are of the user's configuration. */
export function explainNpm(said: readonly string[]): SandstackError {
  const lines = said.map((line) => line.replace(/\b(https?|git\+\w+|ssh):\/\/[^\s'")]+/g, "…"));
  const cause = lines.join("\n");
  const failed = (message: string, hint?: string) => new SandstackError("BUILD_FAILED", message, { cause, hint });
  const wrong = (message: string, hint: string) => new SandstackError("INVALID_OPTION", message, { cause, hint });
  const code = lines.map((line) => /^npm (?:error|ERR!) code (\w+)$/.exec(line)?.[1]).find(Boolean);
  const find = (pattern: RegExp) => lines.map((line) => pattern.exec(line)?.[1]).find(Boolean);
  switch (code) {
    case "E404": {
      const name = find(/ 404\s.*'([^']+)' (?:is not in|could not be found)/) ?? "such package";
      return wrong(
        `npm: the registry has no ${name.replace(/@(latest|\*)$/, "")}.`,
        "Check the name, and npm's configuration (npm config list).",
      );
    }
    case "EBADPLATFORM": {
      const name = find(/Unsupported platform for (\S+):/) ?? "a package";
      return wrong(
        `npm: ${name} is not for linux on this processor.`,
        "Its package.json names the platforms that it is for.",
      );
    }
    case "ETARGET":
      return wrong(
        `npm: the registry has no ${find(/No matching version found for (\S+?)\.?$/) ?? "such version"}.`,
        "npm view NAME versions lists those that there are.",
      );
    case "ERESOLVE":
      return wrong("npm: these packages want different versions of another.", "The cause has npm's own words.");
    case "E401":
    case "E403":
    case "ENEEDAUTH":
      return failed("npm: the registry wants another login.", "It is npm's to know: npm login, or an .npmrc.");
    case "EINTEGRITY":
      return failed(
        "npm: what the registry sent is not what its hash says.",
        "It was changed since it was pinned, or on its way.",
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ECONNREFUSED":
    case "ECONNRESET":
    case "ETIMEDOUT":
    case "ERR_SOCKET_TIMEOUT":
    case "ENETUNREACH":
      return failed(
        "npm: the registry cannot be reached.",
        "Check the network and npm's configuration (npm config list).",
      );
    default: {
      const last = lines.filter((line) => !/complete log of this run|^npm (error|ERR!)\s*$|code /.test(line))[0];
      return failed(`npm: it failed: ${(last ?? "(no output)").replace(/^npm (error|ERR!) /, "")}`);
    }
  }
}
