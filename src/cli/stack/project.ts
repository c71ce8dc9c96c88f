import { existsSync, statSync } from "node:fs";
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
 * @throws SandstackError NOT_FOUND, CORRUPT, UNSUPPORTED; PERMISSION_DENIED for one above that somebody else has put there
 */
export function findProject(folder = process.cwd()): Project {
  const file = projectFile(resolve(folder));
  if (file !== undefined) {
    if (dirname(file) !== resolve(folder)) refuseStranger(file);
    return readProject(file);
  }
  throw new SandstackError("NOT_FOUND", `There is no ${FILE} in ${folder}, nor in a folder above it.`, {
    hint: "Go to your project's folder; docs/own-project.md shows how to begin one.",
  });
}

/**
 * Refuses a project file above that is somebody else's: anybody may have put one in a shared folder such as /tmp.
 * Whoever stands in a project's own folder means it.
 */
function refuseStranger(file: string): void {
  const { uid } = statSync(file);
  const ours = [0, process.geteuid?.(), Number(process.env["SUDO_UID"] ?? 0)];
  if (ours.includes(uid)) return;
  throw new SandstackError("PERMISSION_DENIED", `${file}: is in a folder above, and user ${uid}'s.`, {
    hint: "Its program would run as you: go to its folder if you mean it.",
  });
}
