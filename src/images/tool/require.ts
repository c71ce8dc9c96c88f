import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";

/** Where tools are even when a bare `su` left their folders out of PATH. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** The absolute path of a tool; `undefined` where it is not installed. */
export function findTool(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/"));
  return [...folders, ...SYSTEM_FOLDERS].map((folder) => join(folder, name)).find(isExecutable);
}

/** @throws SandstackError MISSING_TOOL with the line that installs it */
export function requireTool(name: string, debianPackage: string): string {
  const path = findTool(name);
  if (path !== undefined) return path;
  throw new SandstackError("MISSING_TOOL", `${name} is not installed on this machine.`, {
    hint: `sudo apt-get install ${debianPackage}`,
  });
}

/**
 * @param what takes root
 * @throws SandstackError NOT_ROOT
 */
export function requireRoot(what = "Building an image"): void {
  if (process.getuid?.() === 0) return;
  throw new SandstackError("NOT_ROOT", `${what} needs root.`, {
    hint: "Run the same with sudo; only root can give files their owners.",
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
