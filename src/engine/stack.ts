import { readFileSync } from "node:fs";
import { invalidOption, SandstackError } from "../model/error";
import { shaped } from "../model/foreign-json";
import type { Project } from "./project/project-file";
import { StackFile } from "./project/stack-file";
import { newCrypter, openCrypter, type Crypter } from "./secrets/passphrase";
import { formatCheckpoint, parseCheckpoint, unsealSnapshot } from "./state/checkpoint";
import type { Snapshot } from "./state/resource-state";
import { readState, stackPaths, writeState, type StackPaths } from "./state/state-files";

/** A stack that was read and decrypted. */
export interface OpenStack {
  paths: StackPaths;
  file: StackFile;
  crypter: Crypter;
  snapshot: Snapshot;
  /** There is a state file. */
  exists: boolean;
}

/**
 * Reads a stack's state and file. A stack that is not there is an empty one, with a new key that stands nowhere yet.
 * @throws SandstackError BAD_PASSPHRASE, CORRUPT, VERSION, UNSUPPORTED
 */
export async function openStack(project: Project, stack: string, passphrase: string | undefined): Promise<OpenStack> {
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(stack)) {
    throw invalidOption("stack", stack, "letters, digits, hyphens, underscores and dots, 100 at most");
  }
  const paths = stackPaths(project.backend, project.name, stack);
  const file = new StackFile(project, stack);
  const bytes = readState(paths);
  const checkpoint =
    bytes === undefined
      ? { salt: undefined, resources: [], pending: [] }
      : parseCheckpoint(bytes, paths.state, project.name, stack);
  if (passphrase === undefined) {
    throw new SandstackError("BAD_PASSPHRASE", `Stack ${stack}: no passphrase is given for its secrets.`, {
      hint: "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
    });
  }
  const salt = file.salt ?? checkpoint.salt;
  const crypter = salt === undefined ? await newCrypter(passphrase) : await openCrypter(passphrase, salt);
  // State and file may have been given their keys by two tools.
  const isOther = checkpoint.salt !== undefined && checkpoint.salt !== salt;
  const opener = isOther ? await openCrypter(passphrase, checkpoint.salt ?? "") : crypter;
  return {
    paths,
    file,
    crypter,
    snapshot: shaped(paths.state, () => unsealSnapshot(checkpoint, opener)),
    exists: bytes !== undefined,
  };
}

/**
 * Makes an empty stack: its state file, and its key in the stack's file.
 * @throws SandstackError EXISTS, and what openStack throws
 */
export async function createStack(project: Project, stack: string, passphrase: string | undefined): Promise<void> {
  const { paths, file, crypter, exists } = await openStack(project, stack, passphrase);
  if (exists) throw new SandstackError("EXISTS", `Stack ${stack} is there already in project ${project.name}.`);
  file.salt = crypter.state;
  file.save();
  const where = { project: project.name, stack, version: "", time: new Date() };
  writeState(paths, formatCheckpoint({ resources: [], pending: [] }, where, crypter), true);
}

/**
 * The passphrase that the environment gives, as the Pulumi CLI takes it.
 * @throws SandstackError NOT_FOUND where a file is named that cannot be read
 */
export function passphraseFrom(environment: NodeJS.ProcessEnv): string | undefined {
  const { PULUMI_CONFIG_PASSPHRASE: text, PULUMI_CONFIG_PASSPHRASE_FILE: path } = environment;
  if (text !== undefined) return text;
  if (path === undefined || path === "") return undefined;
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new SandstackError("NOT_FOUND", `PULUMI_CONFIG_PASSPHRASE_FILE: ${path} cannot be read.`, { cause });
  }
}
