import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { runFetch } from "../tool/fetch";
import type { AptSource } from "./apt-sources";

/** Bytes: what apt itself takes at most. */
const MAX_RELEASE = 10_000_000;

/** What an archive answers when it is asked for a suite. */
export type Answer = { kind: "release"; origin: string } | { kind: "absent" } | { kind: "failed"; why: string };

/**
 * Asks an archive for a suite's release file, through apt's own transports, so with its proxies and credentials. What
 * comes is not checked here: it only tells whose archive it is; apt checks signatures when it installs.
 */
export async function askForRelease(source: AptSource, folder: string, context: BuildContext): Promise<Answer> {
  const own = mkdtempSync(join(folder, "release-"));
  const file = join(own, "InRelease");
  const options = [
    "Acquire::Retries=0",
    "Acquire::http::Timeout=15",
    "Acquire::https::Timeout=15",
    "APT::Sandbox::User=root",
  ].flatMap((option) => ["-o", option]);
  const address = `${source.uri}/dists/${source.suite}/InRelease`;
  try {
    const { exitCode, tail } = await runFetch(
      ["/usr/lib/apt/apt-helper", ...options, "download-file", "--", address, file],
      {
        ...{ from: "from.debian: the archive", code: "BUILD_FAILED", folder: own, promised: MAX_RELEASE },
        ...{ signal: context.signal, limits: context.options.fetchLimits },
        env: { ...process.env, LC_ALL: "C" },
      },
    );
    if (exitCode !== 0) return readFailure(tail);
    return readRelease(readFileSync(file, "utf8"));
  } catch (error) {
    if (!(error instanceof SandstackError) || error.code !== "BUILD_FAILED") throw error;
    return { kind: "failed", why: error.message };
  }
}

/** What a release file tells; a login page in its place tells nothing. */
export function readRelease(text: string): Answer {
  const origin = /^Origin: *(.*)$/m.exec(text)?.[1];
  if (origin !== undefined) return { kind: "release", origin };
  return { kind: "failed", why: "its answer is no release file" };
}

/** Why apt-helper got nothing. */
export function readFailure(lines: readonly string[]): Answer {
  const line = lines.find((text) => text.startsWith("E: Failed to fetch")) ?? lines.at(-1) ?? "no answer";
  if (/\b(404|410)\b|File not found/.test(line)) return { kind: "absent" };
  return { kind: "failed", why: line.replace(/^E: (Failed to fetch \S+\s*)?/, "") };
}
