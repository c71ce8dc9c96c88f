import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readProject, type Project } from "../../engine/project/project-file";
import { SandstackError } from "../../model/error";

const FILE = "Pulumi.yaml";

/** The project file of a folder, or of the nearest one above it. */
function projectFile(folder: string): string | undefined {
  const path = join(folder, FILE);
  if (existsSync(path)) return path;
  const above = dirname(folder);
  return above === folder ? undefined : projectFile(above);
}

/**
 * The project that we stand in.
 * @throws SandstackError NOT_FOUND, CORRUPT, UNSUPPORTED
 */
export function findProject(folder = process.cwd()): Project {
  const file = projectFile(resolve(folder));
  if (file !== undefined) return readProject(file);
  throw new SandstackError("NOT_FOUND", `There is no ${FILE} in ${folder}, nor in a folder above it.`, {
    hint: "Go to your project's folder; docs/own-project.md shows how to begin one.",
  });
}
