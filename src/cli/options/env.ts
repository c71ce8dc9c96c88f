import { SandstackError, invalidOption } from "../../model/error";
import { ownVariable } from "../own-bytes";

/**
 * The variables of `--env NAME=value` and `--env NAME`, which takes the value from our own environment: a secret so
 * stays off the command line, where every process of the machine can read it.
 * @throws SandstackError INVALID_OPTION where a name is none, or is not in our environment
 */
export function parseEnv(values: readonly string[], own: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(values.map((value) => parseOne(value, own)));
}

function parseOne(value: string, own: NodeJS.ProcessEnv): [string, string] {
  const equals = value.indexOf("=");
  const name = equals < 0 ? value : value.slice(0, equals);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    // The value may be a secret: it is not repeated.
    throw invalidOption("--env", name, "NAME=value, or NAME to take it from your own environment");
  }
  if (equals >= 0) return [name, value.slice(equals + 1)];
  const inherited = ownVariable(name, own);
  if (inherited === undefined) {
    throw new SandstackError("INVALID_OPTION", `--env: ${JSON.stringify(name)} is not in your environment.`, {
      hint: "Export it first, or write --env NAME=value.",
    });
  }
  return [name, inherited];
}
