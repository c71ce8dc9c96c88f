import { SandstackError } from "../../model/error";

/** Variables that say where things are, which sudo drops. */
const KEPT = ["SANDSTACK_STATE_DIR", "SANDSTACK_RUN_DIR"];

/**
 * The line that runs this very program as root: node by its absolute path, because sudo's PATH has no version managers.
 */
export function sudoLine(argv: readonly string[] = process.argv, env: NodeJS.ProcessEnv = process.env): string {
  const kept = KEPT.flatMap((name) => (env[name] === undefined ? [] : [`${name}=${env[name]}`]));
  const [, ...rest] = argv;
  return ["sudo", ...kept, process.execPath, ...rest].map(quote).join(" ");
}

function quote(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What is asked for needs root. */
export function notRoot(why: string, cause?: unknown): SandstackError {
  return new SandstackError("NOT_ROOT", `This needs root: ${why}.`, { cause, hint: sudoLine() });
}
