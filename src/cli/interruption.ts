import { constants } from "node:os";
import { SandstackError } from "../model/error";

/** Why everything was aborted: somebody pressed Ctrl-C, asked us to end, or closed the pipe that we write to. */
export class Interrupted extends Error {
  readonly signalNumber: number;

  constructor(readonly signal: "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGPIPE") {
    super(signal);
    this.signalNumber = constants.signals[signal];
  }
}

/** `npx` hands on a Ctrl-C that the terminal has told us as well: no person is that fast. */
const ONE_KEY_MS = 100;

/**
 * The signal that every command hands on, aborted with an Interrupted, or with why the output can't be written.
 * The first Ctrl-C lets what is under way clean up; the second ends the process at once.
 */
export function listenForInterruption(): AbortSignal {
  const controller = new AbortController();
  let since = performance.now();
  const interrupt = (reason: Interrupted) => {
    const again = controller.signal.aborted;
    if (again && performance.now() - since > ONE_KEY_MS) process.exit(128 + reason.signalNumber);
    if (!again) since = performance.now();
    controller.abort(reason);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => interrupt(new Interrupted(signal)));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!controller.signal.aborted) controller.abort(outputError(error));
    });
  }
  return controller.signal;
}

/** Who closes the pipe we write to wants no more of it; any other failure is told. */
function outputError(cause: NodeJS.ErrnoException): Error {
  if (cause.code === "EPIPE") return new Interrupted("SIGPIPE");
  const code = cause.code === "ENOSPC" ? "NO_SPACE" : "INTERNAL";
  return new SandstackError(code, `The output could not be written: ${cause.message}.`, { cause });
}
