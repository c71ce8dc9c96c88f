import { readFileSync } from "node:fs";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { endOfTool, startTool, throwIfAborted } from "../tool/run-tool";
import type { AptSource } from "./apt-sources";

/** What an archive answers when it is asked for a suite. */
export type Answer = { kind: "release"; origin: string } | { kind: "absent" } | { kind: "failed"; why: string };

/**
 * Asks an archive for a suite's release file, through apt's own transports, so with its proxies and credentials. What
 * comes is not checked here: it only tells whose archive it is; apt checks signatures when it installs.
 */
export async function askForRelease(source: AptSource, folder: string, signal?: AbortSignal): Promise<Answer> {
  const file = join(folder, `release-${randomUUID()}`);
  const options = [
    "Acquire::Retries=0",
    "Acquire::http::Timeout=15",
    "Acquire::https::Timeout=15",
    "APT::Sandbox::User=root",
  ];
  const helper = startTool(
    [
      "/usr/lib/apt/apt-helper",
      ...options.flatMap((option) => ["-o", option]),
      "download-file",
      `${source.uri}/dists/${source.suite}/InRelease`,
      file,
    ],
    { signal, env: { ...process.env, LC_ALL: "C" }, stdio: ["ignore", "ignore", "pipe"] },
  );
  const { exitCode, tail } = await endOfTool(helper);
  throwIfAborted(signal);
  if (exitCode !== 0) return readFailure(tail);
  return readRelease(readFileSync(file, "utf8"));
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
