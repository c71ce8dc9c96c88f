const underWay = new Map<string, Promise<unknown>>();

/** Work of which one is enough for all who ask for it while it is under way: by what it does, and at which engine. */
export function sharedWork<T>(key: string, work: () => Promise<T>): Promise<T> {
  const running = underWay.get(key) ?? work().finally(() => underWay.delete(key));
  underWay.set(key, running);
  return running as Promise<T>;
}

/** Work of which each is done for itself, one after the other. */
export async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(key);
  const turn = (async () => {
    await before?.catch(() => undefined);
    return work();
  })();
  turns.set(key, turn);
  try {
    return await turn;
  } finally {
    if (turns.get(key) === turn) turns.delete(key);
  }
}

const turns = new Map<string, Promise<unknown>>();
