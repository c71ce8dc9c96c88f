import { type ErrorCode, SandstackError } from "../../model/error";
import { noSpace, saysNoSpace } from "../tool/no-space";

interface Diagnosis {
  pattern: RegExp;
  code: ErrorCode;
  message: (found: string, suite: string) => string;
  hint: string;
}

const KEYS =
  "Install the distribution's keys: sudo apt-get install debian-archive-keyring (or ubuntu-archive-keyring).";

/** What apt and mmdebstrap say, and what it means; the first that fits is it. */
const DIAGNOSES: Diagnosis[] = [
  {
    pattern: /Unable to locate package (\S+)|Package '?([^'\s]+)'? has no installation candidate/,
    code: "INVALID_OPTION",
    message: (found, suite) => `packages: "${found}" is not a package of ${suite}.`,
    hint: "packages takes names of Debian packages as `apt-cache search` knows them.",
  },
  {
    pattern: /Version '([^']+' for '[^']+)' was not found/,
    code: "INVALID_OPTION",
    message: (found, suite) => `packages: version '${found}' is not in ${suite}.`,
    hint: "Leave the version out, or pass a `mirror` that has it.",
  },
  {
    pattern: /unmet dependencies|held broken packages|unable to correct problems/i,
    code: "INVALID_OPTION",
    message: (_, suite) => `packages: these cannot be installed together in ${suite}.`,
    hint: "The cause has apt's own words.",
  },
  {
    pattern: /((?:NO_PUBKEY|EXPKEYSIG|BADSIG) \w+)/,
    code: "BUILD_FAILED",
    message: (found, suite) => `The signature of ${suite} cannot be verified: ${found}.`,
    hint: KEYS,
  },
  {
    pattern: /is not signed|couldn't be verified|clearsigned file isn't valid/i,
    code: "BUILD_FAILED",
    message: (_, suite) => `${suite} is not signed as its archive should be.`,
    hint: KEYS,
  },
  {
    pattern:
      /(Could not (?:connect|resolve)[^.]*|Temporary failure resolving \S+|Connection (?:refused|failed|timed out)[^.]*)/,
    code: "BUILD_FAILED",
    message: (found, suite) => `The archive of ${suite} cannot be reached: ${found}.`,
    hint: "Check the network and apt's proxy, or pass another `mirror`.",
  },
  {
    pattern: /(Redirection loop[^.]*)/i,
    code: "BUILD_FAILED",
    message: (found, suite) => `The archive of ${suite} leads nowhere: ${found}.`,
    hint: "Pass another `mirror`, or ask whoever runs the proxy.",
  },
  {
    pattern:
      /(Hash Sum mismatch|unexpected size[^.]*|404 +Not Found|Error reading from server[^.]*|Undetermined Error)/i,
    code: "BUILD_FAILED",
    message: (found, suite) => `The archive of ${suite} gave something else than its lists promise: ${found}.`,
    hint: "It may just be updating: try again in some minutes, or pass another `mirror`.",
  },
];

interface Failed {
  tool: string;
  exitCode: number;
  /** What it wrote. */
  lines: readonly string[];
}

/** Why a suite could not be made, from what apt or mmdebstrap wrote. */
export function explainFailure(suite: string, { tool, exitCode, lines }: Failed): SandstackError {
  const cause = lines.slice(-20).join("\n");
  if (lines.some(saysNoSpace)) return noSpace(cause);
  const complaints = lines.filter((line) => /^(E|W|Err)[:\d]|^ {2}\S|^ \S/.test(line)).join("\n");
  for (const { pattern, code, message, hint } of DIAGNOSES) {
    const found = pattern.exec(complaints);
    if (found) return new SandstackError(code, message(found.slice(1).find(Boolean) ?? "", suite), { cause, hint });
  }
  const last = lines.findLast((line) => line.startsWith("E: "))?.slice(3) ?? lines.at(-1) ?? "no output";
  return new SandstackError("BUILD_FAILED", `${tool} could not make ${suite} (exit code ${exitCode}): ${last}`, {
    cause,
  });
}
