import type { BuildOptions } from "./context";
import { withStoreLock } from "./store/lock";

/** What is found under a key, else made now by one process for all that ask. */
export async function once<T>(
  key: string,
  { signal, onProgress }: BuildOptions,
  find: () => T | undefined,
  make: () => Promise<T>,
): Promise<T> {
  const onWait = () => onProgress?.({ step: "waiting for another build" });
  return find() ?? (await withStoreLock(key, { signal, onWait }, async () => find() ?? (await make())));
}
