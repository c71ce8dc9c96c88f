import { readFileSync } from "node:fs";
import { textOf } from "../model/byte-text";
import { SandstackError } from "../model/error";

// Node gives arguments and variables as text in which bytes that are no UTF-8 are replaced. The kernel has them as they are.

const REPLACED = "\ufffd";

/**
 * Our own arguments, as texts that stand for their bytes.
 * @param given as Node gives them
 * @throws SandstackError INVALID_OPTION naming one whose bytes can't be had
 */
export function ownArguments(given: readonly string[]): string[] {
  const odd = given.findIndex((argument) => argument.includes(REPLACED));
  if (odd === -1) return [...given];
  const all = textsOf("/proc/self/cmdline").slice(-given.length);
  const wrong = given.findIndex((argument, index) => !standsFor(all[index], argument));
  if (wrong === -1) return all;
  throw unreadable(`Argument ${odd + 1}, ${JSON.stringify(given[odd])},`);
}

/**
 * A variable of our own environment, as the text that stands for its bytes; `undefined` where there is none.
 * @throws SandstackError INVALID_OPTION where its bytes can't be had
 */
export function ownVariable(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = env[name];
  if (given === undefined || !given.includes(REPLACED)) return given;
  const entry = textsOf("/proc/self/environ").find((text) => text.startsWith(`${name}=`));
  const value = entry?.slice(name.length + 1);
  if (standsFor(value, given)) return value;
  // The value may be a secret: it is not repeated.
  throw unreadable(`The variable ${name}`);
}

/** Whether Node makes that out of the same bytes: each place that it has replaced is one or more of them. */
function standsFor(text: string | undefined, given: string): text is string {
  const around = (one: string) => one.split(/(?:(?<![\ud800-\udbff])[\udc80-\udcff]|\ufffd)+/).join("\0");
  return text !== undefined && around(text) === around(given);
}

function textsOf(file: string): string[] {
  try {
    const bytes = readFileSync(file);
    const texts: string[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(0, at);
      texts.push(textOf(bytes.subarray(at, end === -1 ? bytes.length : end)));
      at = end === -1 ? bytes.length : end + 1;
    }
    return texts;
  } catch {
    return [];
  }
}

function unreadable(what: string): SandstackError {
  return new SandstackError("INVALID_OPTION", `${what} is no UTF-8 text, and its bytes can't be read here.`, {
    hint: "Pass it in a file, or by stdin.",
  });
}
