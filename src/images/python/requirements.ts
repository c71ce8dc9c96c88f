import { statSync } from "node:fs";
import { resolve } from "node:path";
import { invalidOption, SandstackError } from "../../model/error";
import { readSmallFile } from "../../model/small-file";
import { parseRequirement, type Requirement } from "./requirement";

/**
 * The requirements of a `python` option, one a line as pip takes them, sorted, each once.
 * @throws SandstackError INVALID_OPTION naming the place, NOT_FOUND for a file that is not there
 */
export function parsePython(python: unknown): string[] {
  if (Array.isArray(python)) {
    return linesOf(
      "python",
      python.map((one, index) => parseRequirement(`python[${index}]`, one)),
    );
  }
  const path: unknown = (python as { requirements?: unknown } | null)?.requirements;
  if (typeof path !== "string" || path === "") {
    throw invalidOption("python", JSON.stringify(python), '["numpy"] or { requirements: "requirements.txt" }');
  }
  return parseRequirements(path, readText(path));
}

/** @throws SandstackError INVALID_OPTION naming file and line */
export function parseRequirements(path: string, text: string): string[] {
  const found: Requirement[] = [];
  let pieces: string[] = [];
  text.split("\n").forEach((raw, index) => {
    const piece = raw.replace(/(^|\s)#.*$/, "").trim();
    const goesOn = piece.endsWith("\\");
    pieces.push(goesOn ? piece.slice(0, -1) : piece);
    if (goesOn) return;
    const line = pieces.join(" ").trim();
    pieces = [];
    if (line !== "") found.push(parseRequirement(`python.requirements: line ${index + 1} of ${path}`, line));
  });
  const rest = pieces.join(" ").trim();
  if (rest !== "") found.push(parseRequirement(`python.requirements: the end of ${path}`, rest));
  return linesOf("python.requirements", found);
}

function readText(path: string): string {
  const real = resolve(path);
  if (!statSync(real, { throwIfNoEntry: false })?.isFile()) {
    throw new SandstackError("NOT_FOUND", `python.requirements: ${JSON.stringify(path)} is no file (${real}).`);
  }
  try {
    return readSmallFile(real);
  } catch (cause) {
    const why = `${JSON.stringify(path)} cannot be read: ${(cause as Error).message}`;
    throw new SandstackError("INVALID_OPTION", `python.requirements: ${why}.`, { cause });
  }
}

function linesOf(place: string, requirements: readonly Requirement[]): string[] {
  const without = requirements.find(({ hashed }) => !hashed);
  if (without && requirements.some(({ hashed }) => hashed)) {
    throw new SandstackError(
      "INVALID_OPTION",
      `${place}: ${JSON.stringify(without.text)} has no hash, and others have.`,
      {
        hint: "Give all of them hashes (pip-compile --generate-hashes), what they need too, or none: the lock pins each by its hash.",
      },
    );
  }
  return [...new Set(requirements.map(({ text }) => text))].sort();
}
