import { AsyncLocalStorage } from "node:async_hooks";
import { SandstackError } from "../../model/error";

/** A program that runs in this process. */
export interface Guarded {
  /** The program has failed somewhere that nobody waits for. */
  fail(error: unknown): void;
}

const context = new AsyncLocalStorage<Guarded>();
const running = new Set<Guarded>();
let installed = false;

/**
 * Runs a program so that what it does to the process comes back as its failure: an error that nobody catches,
 * `process.exit`, and waiting for what never comes.
 */
export async function guard<T>(program: Guarded, work: () => Promise<T>): Promise<T> {
  install();
  running.add(program);
  try {
    return await context.run(program, work);
  } catch (error) {
    remember(error);
    throw error;
  } finally {
    running.delete(program);
  }
}

/** Runs work that is not the program's, though the program has asked for it. */
export function outsideProgram<T>(work: () => T): T {
  return context.exit(work);
}

/** For good: a program that has failed goes on failing in promises that nobody waits for any more. */
function install(): void {
  if (installed) return;
  installed = true;
  const exit = process.exit.bind(process);
  process.on("uncaughtException", (error) => {
    if (uncaught(error) || process.listenerCount("uncaughtException") > 1) return;
    // Not a program's: what Node does where nobody listens.
    console.error(error);
    exit(1);
  });
  process.on("unhandledRejection", (error) => {
    if (uncaught(error)) return;
    // A late failure of a program that is over is told, and must not end the process that ran it.
    process.exitCode = 1;
    console.error(error);
  });
  // Nothing is left that could wake the program up.
  process.on("beforeExit", () => {
    for (const program of running) program.fail(new SandstackError("PROGRAM_FAILED", NEVER, { hint: NEVER_HINT }));
  });
  process.exit = (...given: [code?: number | string | null]) => {
    const program = context.getStore();
    // Without an argument it ends with process.exitCode; undefined would take that away.
    if (program === undefined) return exit(...given);
    const [code] = given;
    const hint = "A program ends by itself; to make it fail, throw an error.";
    const error = Object.assign(new Error(`the program called process.exit(${code ?? ""})`), { hint });
    remember(error);
    program.fail(error);
    throw error;
  };
}

const NEVER = "The program waits for something that never comes.";
const NEVER_HINT = "A promise in it is neither resolved nor rejected, and nothing is left running that could do so.";

/** Errors that were told: each rejects more than one promise. */
const told = new WeakSet();

function remember(error: unknown): void {
  if (typeof error === "object" && error !== null) told.add(error);
}

/** @returns whether it was a program's, or nothing to speak of */
function uncaught(error: unknown): boolean {
  if (isEnding(error) || (typeof error === "object" && error !== null && told.has(error))) return true;
  remember(error);
  const program = context.getStore();
  const failed = program !== undefined && running.has(program) ? [program] : [...running];
  for (const each of failed) each.fail(error);
  return failed.length > 0;
}

/** How the SDK says that the engine has stopped. */
function isEnding(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 14 || code === 1;
}
