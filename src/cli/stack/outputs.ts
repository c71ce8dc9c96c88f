import type { PropertyMap, PropertyValue, Snapshot } from "../../engine";
import { mask, reveal } from "../../engine/property/value";
import { STACK_TYPE } from "../../engine/urn";
import { SandstackError } from "../../model/error";
import { show } from "../display/properties";
import { printJson } from "../options/json";
import { formatTable } from "../table";
import { findTarget, openExisting } from "./open";
import { print, printValue } from "../output";

export interface OutputValues {
  stack?: string;
  json?: boolean;
  showSecrets?: boolean;
}

/**
 * Prints one output, or all of them. A text is printed as it is, for `$(…)`; all else as JSON.
 * @throws SandstackError NOT_FOUND, and what opening a stack throws
 */
export async function printStackOutput(name: string | undefined, values: OutputValues): Promise<void> {
  const target = findTarget(values);
  const outputs = outputsOf((await openExisting(target)).snapshot, values.showSecrets);
  const value = name === undefined ? outputs : Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  if (value === undefined) throw noSuchOutput(String(name), target.stack, Object.keys(outputs));
  if (values.json) printJson(value);
  else if (name === undefined) printTable(outputs);
  else printValue(`${textOf(value)}\n`);
}

/** What a stack gives, as its state has it. */
function outputsOf({ resources }: Snapshot, showSecrets = false): PropertyMap {
  const outputs = resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
  return showSecrets ? reveal(outputs) : mask(outputs);
}

function printTable(outputs: PropertyMap): void {
  const rows = Object.entries(outputs).map(([name, value]) => [name, textOf(value)]);
  print(formatTable(["OUTPUT", "VALUE"], rows));
}

const textOf = (value: PropertyValue) => (typeof value === "string" ? value : show(value));

function noSuchOutput(name: string, stack: string, names: string[]): SandstackError {
  return new SandstackError("NOT_FOUND", `Stack ${stack} has no output ${JSON.stringify(name)}.`, {
    hint: names.length === 0 ? "It has none. `sandstack up` makes them." : `It has ${names.join(", ")}.`,
  });
}
