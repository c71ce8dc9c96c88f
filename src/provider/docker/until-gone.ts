import { setTimeout as sleep } from "node:timers/promises";
import { SandstackError } from "../../model/error";

/** How long the plugin waits for what others still use. */
const PATIENCE_MS = 30_000;

/** Waits until there is nothing to be found. @throws SandstackError TIMEOUT; what aborted */
export async function untilGone(find: () => Promise<unknown>, signal: AbortSignal, what: string): Promise<void> {
  await patiently(async () => (await find()) === undefined, signal, `${what} does not go.`);
}

/** Tries again and again what is refused because something is still in use. */
export async function patiently(attempt: () => Promise<boolean>, signal: AbortSignal, late: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (let pause = 10; !(await attempt()); pause = Math.min(pause * 2, 500)) {
    if (Date.now() > until) throw new SandstackError("TIMEOUT", late);
    await sleep(pause, undefined, { signal });
  }
}
