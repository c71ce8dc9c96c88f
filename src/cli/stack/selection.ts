import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Project } from "../../engine";
import { invalidOption } from "../../model/error";

/** The stack of who selects none. */
export const DEFAULT_STACK = "local";

/** Where the Pulumi CLI keeps which stack of a project is selected: a stack that one tool selects is the other's too. */
function selectionFile({ name, folder }: Project): string {
  const key = createHash("sha1").update(join(folder, "Pulumi.yaml")).digest("hex");
  const home = process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  return join(home, "workspaces", `${name}-${key}-workspace.json`);
}

/** The stack that a command is about: as it was typed, else the selected one. */
export function stackName(project: Project, typed: string | undefined): string {
  if (typed !== undefined && !/^[A-Za-z0-9_.-]{1,100}$/.test(typed)) {
    throw invalidOption("--stack", typed, "letters, digits, hyphens, underscores and dots, 100 at most");
  }
  return typed ?? process.env["PULUMI_STACK"] ?? selected(project) ?? DEFAULT_STACK;
}

/** @param stack `undefined` selects none */
export function selectStack(project: Project, stack: string | undefined): void {
  const path = selectionFile(project);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ ...readFile(path), stack }));
}

function selected(project: Project): string | undefined {
  const { stack } = readFile(selectionFile(project));
  // The CLI may have written `organization/project/stack`.
  return stack === undefined || stack === "" ? undefined : stack.split("/").at(-1);
}

/** What is not there, or is damaged, selects nothing. */
function readFile(path: string): { stack?: string } {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as { stack?: string };
  } catch {
    return {};
  }
}
