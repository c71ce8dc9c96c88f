import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findTool } from "../../src/images/tool/require";

/**
 * Runs `body` with tools of the system that do their work, and then wait, before they end, until `look` is through: so a
 * build stands still at a point, however fast the machine is.
 * @returns how often a tool was waited for
 */
export async function holdTools(
  names: readonly string[],
  look: () => void,
  body: () => Promise<unknown>,
): Promise<number> {
  const folder = mkdtempSync("/var/tmp/sandstack-held-");
  const [at, go] = [join(folder, "at"), join(folder, "go")];
  execFileSync("mkfifo", [at, go]);
  for (const name of names) {
    // An archive's listing is waited for by this very process.
    const wait = `case $* in *--list*) exit $end; esac; echo ${name} > ${at}; read -r _ < ${go}`;
    writeFileSync(join(folder, name), `#!/bin/sh\n${findTool(name)} "$@"\nend=$?\n${wait}\nexit $end\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const path = process.env["PATH"];
  // Opens the pipe for both, so that it is never at its end.
  const waiting = spawn("sh", ["-c", 'exec cat <> "$1"', "sh", at], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = new Promise((resolve) => waiting.once("close", resolve));
  let held = 0;
  let failure: unknown;
  createInterface({ input: waiting.stdout }).on("line", () => {
    held += 1;
    try {
      look();
    } catch (error) {
      failure = error;
    }
    void writeFile(go, "go\n");
  });
  process.env["PATH"] = `${folder}:${path}`;
  try {
    await body();
  } finally {
    process.env["PATH"] = path;
    waiting.kill();
    await closed;
    rmSync(folder, { recursive: true });
  }
  if (failure) throw failure as Error;
  return held;
}
