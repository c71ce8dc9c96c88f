import { SandstackError } from "../../model/error";
import type { PythonTarget } from "./target";

/** What it says at length of all that it has looked at. */
const NOISE =
  /^\s*(Found |Skipping link|Link requires|Created |Entered |Removed |Initialized |Fetching project page|Getting page|Looking up|Request header|No cache|Updating cache|Status code|Starting new|Resetting |Incremented |Retry:|\d+ location|\* |…)/;

/** The lines of pip that are kept from the beginning, and as many from the end. */
const KEPT_LINES = 2000;

/** Lines of pip that tell why it failed: it names each file that an index lists, of which there may be millions. */
export class Said {
  private readonly first: string[] = [];
  private last: string[] = [];

  take(line: string): void {
    if (NOISE.test(line)) return;
    if (this.first.length < KEPT_LINES) this.first.push(line);
    else if (this.last.push(line) > 2 * KEPT_LINES) this.last = this.last.slice(-KEPT_LINES);
  }

  lines(): string[] {
    return [...this.first, ...this.last];
  }
}

/** What pip said, in the user's terms. Addresses are left out: they are of the user's configuration. */
export function explainPip(said: readonly string[], target: PythonTarget): SandstackError {
  const lines = said.map(withoutAddresses);
  const cause = lines
    .filter((line) => line.trim() !== "" && !NOISE.test(line))
    .slice(-20)
    .join("\n");
  const find = (pattern: RegExp) => lines.map((line) => pattern.exec(line)).find((match) => match !== null);
  const status = find(/ HTTP\/1\.\d" (?!404)([45]\d\d) /)?.[1];
  if (status === "401" || status === "403" || find(/User for .* is required/)) {
    return new SandstackError("BUILD_FAILED", "python: the package index wants another user or password.", {
      cause,
      hint: "They are pip's to know: its configuration, a .netrc, or a keyring.",
    });
  }
  if (status !== undefined) {
    return new SandstackError("BUILD_FAILED", `python: the package index failed with status ${status}.`, { cause });
  }
  if (find(/Retrying \(|NewConnectionError|ConnectTimeout|Name or service not known/)) {
    return new SandstackError("BUILD_FAILED", "python: the package index cannot be reached.", {
      cause,
      hint: "Check the network and pip's configuration (pip config list).",
    });
  }
  const mismatch = find(/DO NOT MATCH THE HASHES/);
  if (mismatch) {
    return new SandstackError("BUILD_FAILED", "python: what the index sent is not what its hash says.", {
      cause,
      hint: "It was changed since it was pinned, or on its way.",
    });
  }
  const missing = find(/No matching distribution found for (\S+)/)?.[1];
  if (missing) {
    const { python, machine, libc } = target;
    const where = `Python ${python} on ${machine} with ${libc}`;
    return new SandstackError("INVALID_OPTION", `python: ${JSON.stringify(missing)} has no wheel for ${where}.`, {
      cause,
      hint: "The index has no such package or version, or only its source, which is not built here.",
    });
  }
  if (find(/ResolutionImpossible|conflicting dependencies/)) {
    const conflict = find(/ERROR: (Cannot install .*) because/)?.[1] ?? "Cannot install these together";
    return new SandstackError(
      "INVALID_OPTION",
      `python: ${conflict.replace(/^C/, "c")}: their dependencies conflict.`,
      {
        cause,
        hint: "The cause has pip's own words.",
      },
    );
  }
  const last = lines.findLast((line) => line.startsWith("ERROR:")) ?? lines.at(-1) ?? "(no output)";
  return new SandstackError("BUILD_FAILED", `python: pip failed: ${last.replace(/^ERROR: /, "")}`, { cause });
}

function withoutAddresses(line: string): string {
  return line.replace(/\b(https?|file|git\+\w+):\/\/[^\s'")]+/g, "…");
}
