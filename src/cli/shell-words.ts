import { SandstackError } from "../model/error";

/** Words that only a shell understands. */
const SYNTAX = /[|&;<>$`*?~(){}\n]/;
/** Names that only a shell knows; some may be programs, too. */
const BUILTINS = ["cd", "export", "source", ".", "alias", "unalias", "set", "unset", "eval", "type", "umask", "ulimit"];

/** A command that is not there, for who typed a line of the shell in the place of a program and its arguments. */
export function inShellWords(error: SandstackError, argv: readonly string[]): SandstackError {
  const [program = ""] = argv;
  const isLine = /\s/.test(program) || SYNTAX.test(program);
  if (error.code !== "NOT_FOUND" || !(isLine || BUILTINS.includes(program))) return error;
  const { code, message } = error;
  const inShell = `-- sh -c ${quote(argv.join(" "))}`;
  const hint = !isLine
    ? `Only a shell knows ${program}: ${inShell}`
    : argv.length > 1 || SYNTAX.test(program)
      ? `A line for the shell is given to one: ${inShell}`
      : `It is taken for the name of one program. Leave the quotes out: -- ${program.trim()}, or take a shell: ${inShell}`;
  return new SandstackError(code, message, { cause: error, hint });
}

function quote(line: string): string {
  return `'${line.replaceAll("'", "'\\''")}'`;
}
