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
