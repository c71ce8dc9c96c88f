import { invalidOption } from "./error";
import { isText } from "./is-text";

/**
 * Arguments of a command: a string is a line for a login shell; an array is executed as it is.
 * @param fits whether a text arrives as it is on the way that it takes
 * @throws SandstackError INVALID_OPTION naming the option, or the argument in it
 */
export function argvOf(cmd: string | readonly string[], option = "cmd", fits = isText): readonly string[] {
  const argv: unknown = typeof cmd === "string" ? ["/bin/sh", "-lc", cmd] : cmd;
  if (!Array.isArray(argv) || argv.length === 0) {
    throw invalidOption(option, argv, "a line for the shell, or an array of at least one string");
  }
  const odd = argv.findIndex((arg) => !fits(arg));
  const place = typeof cmd === "string" ? option : `${option}[${odd}]`;
  if (odd !== -1) throw invalidOption(place, argv[odd], "a string without NUL and without half a character");
  if (argv[0] === "") throw invalidOption(`${option}[0]`, "", "the name or path of a program");
  return argv as string[];
}
