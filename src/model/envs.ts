import { SandstackError } from "./error";
import { isText } from "./is-text";

/** Environment variables: name → value. */
export type Envs = Readonly<Record<string, string>>;

/**
 * As the guest takes them, `NAME=value`. Values may be secrets: no error shows one.
 * @param fits whether a text arrives as it is on the way that it takes
 * @throws SandstackError INVALID_OPTION naming the variable
 */
export function formatEnvs(envs: Envs, option = "envs", fits = isText): string[] {
  const wrong = (what: string) =>
    new SandstackError("INVALID_OPTION", `${option}: ${what}.`, {
      hint: `${option} takes names and values such as { LANG: "C.UTF-8" }.`,
    });
  return Object.entries(envs).map(([name, value]) => {
    if (!/^[^=\0]+$/.test(name)) throw wrong(`${JSON.stringify(name)} is no name of a variable`);
    if (typeof value !== "string") throw wrong(`${JSON.stringify(name)} is a ${typeof value}, not a string`);
    if (value.includes("\0")) throw wrong(`the value of ${JSON.stringify(name)} has a NUL in it`);
    if (!fits(`${name}=${value}`)) throw wrong(`${JSON.stringify(name)} or its value has half a character in it`);
    return `${name}=${value}`;
  });
}
