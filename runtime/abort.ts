import { SandstackError } from "../src/model/error";

/** What an aborted call rejects with; the signal's own reason is the cause. */
export function abortedError(what: string, signal: AbortSignal): SandstackError {
  return new SandstackError("ABORTED", `${what} was aborted.`, { cause: signal.reason });
}

/** @throws SandstackError ABORTED */
export function throwIfAborted(what: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(what, signal);
}

/** Calls `abort` with the error once the signal is aborted, at once if it is; until `over` is settled. */
export function onAbort(
  what: string,
  signal: AbortSignal | undefined,
  over: Promise<unknown>,
  abort: (error: SandstackError) => void,
): void {
  if (signal === undefined) return;
  const call = () => abort(abortedError(what, signal));
  if (signal.aborted) return call();
  signal.addEventListener("abort", call, { once: true });
  const stop = () => signal.removeEventListener("abort", call);
  over.then(stop, stop);
}

/** Waits for work that can't be stopped, and no longer than until the signal is aborted: the work goes on by itself then. */
export function untilAborted<T>(what: string, signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    onAbort(what, signal, work, reject);
    work.then(resolve, reject);
  });
}
