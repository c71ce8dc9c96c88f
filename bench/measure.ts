/** Something that is timed: one call is one sample, in ms as it says itself. */
export interface Contender {
  name: string;
  /** Does it once; gives what it took, so that tidying up afterwards is not counted. */
  sample: () => Promise<number>;
}

export interface Timing {
  n: number;
  min: number;
  median: number;
}

/**
 * Samples the contenders in turns (A B C, B C A, …), so that whatever else the machine does meets all of them alike.
 * The first round warms up and is not counted.
 */
export async function interleave(contenders: readonly Contender[], rounds: number): Promise<Map<string, Timing>> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const { name, sample } = contenders[(round + i) % contenders.length] as Contender;
      const ms = await sample();
      if (round > 0) samples.get(name)?.push(ms);
    }
  }
  return new Map([...samples].map(([name, all]) => [name, summarize(all)]));
}

export function summarize(samples: readonly number[]): Timing {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
  return { n: sorted.length, min: sorted[0] as number, median };
}

/** How long `body` takes, in ms. */
export async function timed(body: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await body();
  return performance.now() - began;
}
