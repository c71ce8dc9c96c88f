import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** Makes a root file system of this machine's shell and what it is linked with: a few MB that commands run in. */
export function makeShellRootfs(folder: string): string {
  const linked = execFileSync("ldd", ["/bin/sh"]).toString().match(/\/\S+/g) as string[];
  for (const path of ["/bin/sh", ...linked]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(path, join(folder, path));
  }
  for (const name of ["etc", "opt", "tmp"]) mkdirSync(join(folder, name), { recursive: true });
  return folder;
}
