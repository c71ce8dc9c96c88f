import type { PropertyMap, PropertyValue, Step } from "../../engine";
import { parsePath } from "../../engine/property/path";
import type { Style } from "../style";

/** Where Pulumi's protocol says what a structure stands for. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const ASSETS: Record<string, string> = {
  c44067f5952c0a294b673a41bacd8c17: "asset",
  "0def7320c3a5731c473e5ecbe6d01bc7": "archive",
};

/** What `--diff` shows below a step: a line for each property that differs, or that comes or goes with the resource. */
export function propertyLines(step: Step, style: (style: Style, text: string) => string): string[] {
  const { op, diff = {}, oldInputs = {}, newInputs = {}, oldOutputs = {}, newOutputs = {} } = step;
  if (op === "create") return Object.keys(newInputs).map((key) => style("green", `+ ${key}: ${show(newInputs[key])}`));
  if (op === "delete") return Object.keys(oldInputs).map((key) => style("red", `- ${key}: ${show(oldInputs[key])}`));
  if (op === "same") return [];
  return Object.entries(diff).map(([path, { kind, replace, input }]) => {
    const [olds, news] = input ? [oldInputs, newInputs] : [oldOutputs, newOutputs];
    const [before, after] = [show(valueAt(olds, path)), show(valueAt(news, path))];
    const note = replace ? " (replaces)" : "";
    if (kind === "add") return style("green", `+ ${path}: ${after}${note}`);
    if (kind === "delete") return style("red", `- ${path}: ${before}${note}`);
    // Of what the world has changed the new value is not known before it is made.
    return style("yellow", `~ ${path}: ${input || op === "refresh" ? `${before} => ${after}` : before}${note}`);
  });
}

/** What the engine puts in the place of what may not be shown, or is not there yet. */
const MASKS: readonly unknown[] = ["[secret]", "[unknown]"];

/** What is below a secret is one too. */
function valueAt(properties: PropertyMap, path: string): PropertyValue | undefined {
  let value: PropertyValue | undefined = properties;
  for (const part of parsePath(path) ?? [path]) {
    if (MASKS.includes(value)) return value;
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, PropertyValue>)[part];
  }
  return value;
}

/** As JSON; of an asset or archive only its hash. What the engine has masked stays as it is. */
export function show(value: PropertyValue | undefined): string {
  if (value === undefined) return "none";
  if (typeof value === "string" && MASKS.includes(value)) return value;
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null) return inner;
    const { [SIGNATURE]: signature, hash } = inner as Record<string, unknown>;
    const kind = ASSETS[String(signature)];
    return kind === undefined ? inner : `${kind} ${(typeof hash === "string" ? hash : "").slice(0, 12)}`.trim();
  });
}
