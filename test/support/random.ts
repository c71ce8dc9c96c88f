/** A repeatable source of numbers in [0, 1). */
export interface Random {
  readonly seed: number;
  next(): number;
  pick<T>(items: readonly T[]): T;
}

/** Seeded by `SANDSTACK_SEED`, else anew each time; tests put the seed into their name, so that a failure can be run again. */
export function seededRandom(
  seed = Number(process.env["SANDSTACK_SEED"] ?? Math.floor(Math.random() * 2 ** 32)),
): Random {
  let state = seed >>> 0;
  const next = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, next, pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number] };
}
