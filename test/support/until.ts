export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Looks every 10 ms until `look` gives something, and gives it. Throws after `ms`, naming what was awaited. */
export async function until<T>(what: string, ms: number, look: () => T): Promise<NonNullable<Awaited<T>>> {
  const deadline = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`after ${ms} ms still not: ${what}`);
    await sleep(10);
  }
}
