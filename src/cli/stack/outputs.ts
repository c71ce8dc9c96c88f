import type { PropertyMap, PropertyValue, Snapshot } from "../../engine";
import { mask, reveal } from "../../engine/property/value";
import { STACK_TYPE } from "../../engine/urn";
import { show } from "../display/properties";
import { formatTable } from "../table";

/** What a stack gives, as its state has it. */
export function outputsOf({ resources }: Snapshot, showSecrets = false): PropertyMap {
  const outputs = resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
  return showSecrets ? reveal(outputs) : mask(outputs);
}

/** A text as it is, for `$(…)`; all else as JSON. */
export function printOutput(value: PropertyValue): void {
  process.stdout.write(`${textOf(value)}\n`);
}

export function printOutputs(outputs: PropertyMap): void {
  const rows = Object.entries(outputs).map(([name, value]) => [name, textOf(value)]);
  process.stdout.write(formatTable(["OUTPUT", "VALUE"], rows));
}

const textOf = (value: PropertyValue) => (typeof value === "string" ? value : show(value));
