import { looksLikeConnection } from "../../model/connection";
import { SandstackError } from "../../model/error";
import { parseForeignJson } from "../../model/foreign-json";
import { isSandboxId } from "../../model/id";
import { listStacks, readState, stackPaths } from "../../engine/state/state-files";
import type { Project } from "../../engine";
import { findProject } from "./project";
import { stackName } from "./selection";

interface StateFile {
  checkpoint?: {
    latest?: { resources?: { type: string; urn: string; id?: string; delete?: boolean }[] | null } | null;
  };
}

const INSTANCES = ["sandstack:local:Instance", "sandstack:docker:Instance"];

/** Sandboxes that the stack we stand in declares: id → name. None where there is no stack, or none that can be read. */
export function declaredSandboxes(): Map<string, string> {
  try {
    const project = findProject();
    return instancesOf(project, stackName(project, undefined));
  } catch {
    return new Map();
  }
}

/** Ids are no secrets: they can be read without the stack's passphrase. */
function instancesOf(project: Project, stack: string): Map<string, string> {
  const paths = stackPaths(project.backend, project.name, stack);
  const bytes = readState(paths) ?? Buffer.from("{}");
  const { checkpoint } = parseForeignJson(bytes, paths.state) as StateFile;
  const resources = (checkpoint?.latest?.resources ?? []).filter(isInstance);
  return new Map(resources.map(({ id = "", urn }) => [id, urn.slice(urn.lastIndexOf("::") + 2)]));
}

function isInstance({ type, id, delete: replaced }: { type: string; id?: string; delete?: boolean }): boolean {
  return INSTANCES.includes(type) && id !== undefined && replaced !== true;
}

/**
 * Finds what a command's argument means: the instance that a stack declares by that name, as the program does; else it stays a
 * name, an id or a connection, of the whole machine.
 * @param stack as `--stack` names it; without it the one that we stand in
 * @throws SandstackError NO_SUCH_SANDBOX where the stack has none of that name, or only others have; NOT_FOUND for a stack
 * that is not there
 */
export async function sandboxNamed(typed: string, stack: string | undefined): Promise<string> {
  if (looksLikeConnection(typed) || isSandboxId(typed)) return typed;
  if (stack !== undefined) return declaredIn(findProject(), stack, typed);
  const id = idOf(declaredSandboxes(), typed);
  if (id !== undefined) return id;
  await refuseOthers(typed);
  return typed;
}

async function declaredIn(project: Project, stack: string, typed: string): Promise<string> {
  if (!listStacks(project.backend, project.name).includes(stackName(project, stack))) {
    const { noSuchStack } = await import("./open.js");
    throw noSuchStack({ project, stack });
  }
  const declared = instancesOf(project, stack);
  const id = idOf(declared, typed);
  if (id !== undefined) return id;
  const names = [...declared.values()];
  throw new SandstackError("NO_SUCH_SANDBOX", `--stack: ${stack} has no sandbox ${JSON.stringify(typed)}.`, {
    hint: names.length > 0 ? `It has ${names.join(", ")}.` : "It has none. `sandstack up` makes them.",
  });
}

/** Names the stacks that have one, where the machine has no other sandbox of that name: which is meant only the user knows. */
async function refuseOthers(typed: string): Promise<void> {
  const { findSandbox, listSandboxes } = await import("../../tiers/index.js");
  if (findSandbox(typed) !== undefined) return;
  const ofProject = stacksWith(typed);
  const [first] = ofProject;
  const declared = listSandboxes().sandboxes.filter(
    ({ declaredAs, state }) => declaredAs === typed && state === "running",
  );
  const elsewhere = declared.map(({ stack, id }) => `${stack} (${id})`);
  if (first === undefined && elsewhere.length === 0) return;
  throw new SandstackError("NO_SUCH_SANDBOX", `There is no sandbox ${JSON.stringify(typed)} on this machine.`, {
    hint:
      first === undefined
        ? `A stack has one: ${elsewhere.join(", ")}. Use its id, or go to the project's folder.`
        : `Another stack has one: ${ofProject.join(", ")}. Say which: --stack ${first}.`,
  });
}

/** The stacks of the project we stand in that declare a sandbox by a name. */
function stacksWith(typed: string): string[] {
  try {
    const project = findProject();
    return listStacks(project.backend, project.name).filter((stack) => hasName(project, stack, typed));
  } catch {
    return [];
  }
}

/** False where its state can't be read. */
function hasName(project: Project, stack: string, typed: string): boolean {
  try {
    return idOf(instancesOf(project, stack), typed) !== undefined;
  } catch {
    return false;
  }
}

function idOf(declared: ReadonlyMap<string, string>, typed: string): string | undefined {
  return [...declared].find(([, name]) => name === typed)?.[0];
}
