import { fullKey, resolveConfig, StackFile } from "../../engine";
import { invalidOption, SandstackError } from "../../model/error";
import { printJson } from "../options/json";
import { formatTable } from "../table";
import { findTarget, openTarget } from "./open";
import { readValue } from "./read-value";
import { print, printValue } from "../output";

export interface ConfigValues {
  stack?: string;
  secret?: boolean;
  json?: boolean;
}

/** Sets a value; without one, it is read. @throws SandstackError INVALID_OPTION, and what opening a stack throws */
export async function setConfig(key: string, given: string | undefined, values: ConfigValues): Promise<void> {
  if (values.secret && given !== undefined) throw secretInArguments(key);
  const target = findTarget(values);
  const full = checkedKey(key, target.project.name);
  if (values.secret) {
    const { file, crypter } = await openTarget(target);
    file.salt = crypter.state;
    file.set(full, { secure: crypter.encrypt(await readValue(`${full}: `, { hidden: true })) });
    file.save();
  } else {
    const file = new StackFile(target.project, target.stack);
    file.set(full, given ?? (await readValue(`${full}: `)));
    file.save();
  }
}

/** Prints one value, a secret in clear too; or all of them, and of secrets only that they are. */
export async function printConfig(key: string | undefined, { json, ...values }: ConfigValues): Promise<void> {
  const target = findTarget(values);
  const { project, stack } = target;
  if (key === undefined) {
    // What is not shown need not be decrypted.
    const config = resolveConfig(
      new StackFile(project, stack).config(),
      project.config,
      project.name,
      () => "[secret]",
    );
    if (json) printJson(config.values);
    else print(formatTable(["KEY", "VALUE"], Object.entries(config.values)));
    return;
  }
  const { file, crypter } = await openTarget(target);
  const config = resolveConfig(file.config(), project.config, project.name, (text) => crypter.decrypt(text));
  const value = config.values[fullKey(key, project.name)];
  if (value === undefined) throw notSet(key, stack);
  if (json) printJson(value);
  else printValue(`${value}\n`);
}

export function removeConfig(key: string, values: ConfigValues): void {
  const { project, stack } = findTarget(values);
  const file = new StackFile(project, stack);
  const names = [key, fullKey(key, project.name)];
  if (!names.map((name) => file.remove(name)).includes(true)) throw notSet(key, stack);
  file.save();
}

function checkedKey(key: string, project: string): string {
  if (/^([\w.-]+:)?[\w.-]+$/.test(key)) return fullKey(key, project);
  throw invalidOption("key", key, "name or package:name, of letters, digits, hyphens, underscores and dots");
}

function notSet(key: string, stack: string): SandstackError {
  return new SandstackError("NOT_FOUND", `config: ${JSON.stringify(key)} is not set in stack ${stack}.`, {
    hint: "sandstack config get shows what is set.",
  });
}

/** The value is not repeated. */
function secretInArguments(key: string): SandstackError {
  return new SandstackError(
    "INVALID_OPTION",
    `--secret: the value of ${JSON.stringify(key)} stands in the arguments.`,
    {
      hint: `Every process of this machine can read those. Leave it out, and it is asked for; or: sandstack config set --secret ${key} < FILE`,
    },
  );
}
