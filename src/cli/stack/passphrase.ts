import { passphraseFrom, readState, StackFile, stackPaths, type Project } from "../../engine";
import { SandstackError } from "../../model/error";
import { ask, canAsk } from "./ask";

/**
 * What a stack's secrets are encrypted with: from the environment, else asked for on a terminal, a new one twice.
 * `undefined` where nobody can be asked; the engine says what is missing.
 */
export async function passphraseFor(project: Project, stack: string): Promise<string | undefined> {
  const given = passphraseFrom(process.env);
  if (given !== undefined || !canAsk()) return given;
  if (isKnown(project, stack)) return ask(`Passphrase of stack ${stack}: `, { hidden: true });
  const first = await ask(`A passphrase for the secrets of the new stack ${stack}: `, { hidden: true });
  if ((await ask("The same again: ", { hidden: true })) === first) return first;
  throw new SandstackError("BAD_PASSPHRASE", "The two passphrases are not the same.");
}

/** Has it a passphrase already? */
function isKnown(project: Project, stack: string): boolean {
  if (new StackFile(project, stack).salt !== undefined) return true;
  return readState(stackPaths(project.backend, project.name, stack)) !== undefined;
}
