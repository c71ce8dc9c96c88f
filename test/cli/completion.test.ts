import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLI, sandstack } from "./cli";

// zsh and fish are not on every machine: their scripts are only compared with the command tree below, not run.

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "completion-"));
  writeFileSync(join(folder, "sandstack"), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(join(folder, "sandstack"), 0o755);
  writeFileSync(join(folder, "script"), (await sandstack(["completion", "bash"])).stdout);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a real bash offers after these words, the last of them begun. */
function complete(...words: string[]): string[] {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sandstack; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
  const args = ["--norc", "-c", script, "bash", join(folder, "script"), "sandstack", ...words];
  return execFileSync("bash", args, { encoding: "utf8", env }).split("\n").filter(Boolean);
}

test.each([
  [["r"], ["run", "rollback", "refresh"]],
  [
    ["run", "--ti"],
    ["--tier", "--timeout"],
  ],
  [
    ["run", "--tier", ""],
    ["chroot", "docker", "nspawn"],
  ],
  [["run", "--tier", "n"], ["nspawn"]],
  [["completion", "f"], []],
  [["snapshot", "r"], ["rm"]],
  [["snapshot", "ls", "--j"], ["--json"]],
  [["run", "--file", ""], []],
  [["exec", "agent", "--", "--"], []],
])("bash after %j", (words, offered) => {
  expect(complete(...words).sort()).toEqual([...offered].sort());
});

test.each(["zsh", "fish"])("%s knows every command and its options", async (shell) => {
  const { code, stdout } = await sandstack(["completion", shell]);
  expect(code).toBe(0);
  const { stdout: help } = await sandstack(["--help"]);
  const commands = [...help.matchAll(/^ {2}([a-z]+) {2,}/gm)].map((match) => match[1] as string);
  expect(commands).toHaveLength(22);
  for (const command of commands) expect(stdout).toContain(command);
  expect(stdout).toMatch(/-l tier|--tier\[/);
});

test("every command that takes a sandbox takes --stack, and every command takes --verbose", async () => {
  const script = (await sandstack(["completion", "fish"])).stdout;
  const has = (command: string, option: string) =>
    script.includes(
      `-n '${command
        .split(" ")
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join("; and ")}' -l ${option} `,
    );
  for (const command of ["exec", "shell", "cp", "logs", "kill", "rollback", "snapshot create", "snapshot ls"]) {
    expect([command, has(command, "stack"), has(command, "verbose")]).toEqual([command, true, true]);
  }
  for (const command of ["ls", "gc", "doctor", "up", "image ls"])
    expect([command, has(command, "verbose")]).toEqual([command, true]);
});

test("a shell that there is no script for", async () => {
  const { code, stderr, stdout } = await sandstack(["completion", "tcsh"]);
  expect(stderr).toBe('sandstack: SHELL: "tcsh" is not valid.\nSHELL takes one of bash, zsh, fish.\n');
  expect([code, stdout]).toEqual([2, ""]);
});
