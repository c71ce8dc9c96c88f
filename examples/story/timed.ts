/** What an action gives, and how long it took, for people: `1.4 ms`, `23 ms`, `31.0 s`. */
export async function timed<T>(action: () => Promise<T>): Promise<[T, string]> {
  const begin = performance.now();
  const result = await action();
  return [result, formatMs(performance.now() - begin)];
}

export function formatMs(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms >= 10 ? Math.round(ms) : ms.toFixed(1)} ms`;
}
