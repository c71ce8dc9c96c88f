import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { statePath } from "../../src/model/state-dir";

/**
 * Compiles one C file into a static program, once a test run, and gives its path on this machine.
 * Static, so that it runs in any tree it is copied into.
 */
export function compileProbe(source: string): string {
  const folder = statePath("guest", "probes");
  const program = join(folder, basename(source, ".c"));
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const temporary = `${program}.${process.pid}`;
    execFileSync("cc", ["-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", temporary, source], { stdio: "pipe" });
    renameSync(temporary, program);
  }
  return program;
}
