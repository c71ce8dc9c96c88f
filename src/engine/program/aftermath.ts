const POLL_MS = 5;
const TELL_AFTER_MS = 10_000;

/** How a plugin and the connection to it look. */
const PLUGINS = new Set(["TCPSocketWrap", "TCPServerWrap", "TCPConnectWrap", "PipeWrap", "ProcessWrap"]);

/**
 * What keeps the process alive now, by kind.
 * @param plugins there are some: what looks like theirs cannot be told from the program's, and is left out
 */
export function activeResources(plugins: boolean): string[] {
  const all = process.getActiveResourcesInfo();
  return plugins ? all.filter((kind) => !PLUGINS.has(kind)) : all;
}

/** What is there beyond what was there before. */
export function beyond(before: readonly string[], now: readonly string[]): string[] {
  const left = [...before];
  return now.filter((kind) => {
    const index = left.indexOf(kind);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** Rejections that nobody has handled are told when the event loop has turned. */
export async function turnAround(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Waits until what a program has started is over, as the Pulumi CLI waits for the program's process to end: a timer or
 * a request may still register resources, and what is not registered is deleted.
 * @param before what was active when the program began
 * @param run whether it has stopped, and whether there are plugins
 * @param tell says what is waited for, after a while
 */
export async function waitForAftermath(
  before: readonly string[],
  run: { stopped: () => boolean; plugins: () => boolean },
  tell: (kinds: string[]) => void,
): Promise<void> {
  const start = Date.now();
  let told = false;
  for (;;) {
    // A timer that waits here would be seen as the program's own.
    const active = beyond(before, activeResources(run.plugins()));
    if (active.length === 0 || run.stopped()) return;
    if (!told && Date.now() - start > TELL_AFTER_MS) {
      told = true;
      tell([...new Set(active)]);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
