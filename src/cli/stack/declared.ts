import { looksLikeConnection } from "../../model/connection";
import { parseForeignJson } from "../../model/foreign-json";
import { isSandboxId } from "../../model/id";
import { readState, stackPaths } from "../../engine/state/state-files";
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
    const paths = stackPaths(project.backend, project.name, stackName(project, undefined));
    const bytes = readState(paths) ?? Buffer.from("{}");
    const { checkpoint } = parseForeignJson(bytes, paths.state) as StateFile;
    const resources = (checkpoint?.latest?.resources ?? []).filter(isInstance);
    return new Map(resources.map(({ id = "", urn }) => [id, urn.slice(urn.lastIndexOf("::") + 2)]));
  } catch {
    return new Map();
  }
}

/** Ids are no secrets: they can be read without the stack's passphrase. */
function isInstance({ type, id, delete: replaced }: { type: string; id?: string; delete?: boolean }): boolean {
  return INSTANCES.includes(type) && id !== undefined && replaced !== true;
}

/**
 * What a command's argument means: the instance that the stack we stand in declares by that name, as the program does;
 * else it stays a name, an id or a connection, of the whole machine.
 */
export function sandboxNamed(typed: string): string {
  if (looksLikeConnection(typed) || isSandboxId(typed)) return typed;
  return [...declaredSandboxes()].find(([, name]) => name === typed)?.[0] ?? typed;
}
