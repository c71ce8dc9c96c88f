import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";

/** Where system tools are even when a bare `su` left their folders out of PATH. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin"];

/** The absolute path of a program of this machine; `undefined` where it is not installed. */
export function findTool(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "/usr/bin:/bin").split(":").filter((folder) => folder.startsWith("/"));
  return [...folders, ...SYSTEM_FOLDERS].map((folder) => join(folder, name)).find(isExecutable);
}

/** @throws SandstackError MISSING_TOOL with the line that installs it */
export function requireTool(name: string, debianPackage: string): string {
  const path = findTool(name);
  if (path !== undefined) return path;
  throw new SandstackError("MISSING_TOOL", `${name} is not installed on this machine.`, {
    hint: installLine(debianPackage),
  });
}

export function installLine(debianPackage: string): string {
  return `sudo apt-get install ${debianPackage}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
