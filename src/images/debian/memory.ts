import { freemem } from "node:os";

/** For what the packages' scripts make beside what is in them. */
const SLACK = 256 << 20;
/** So many times what is needed must be free: others want memory, too. */
const PLENTY = 4;

/**
 * The memory that a suite may be made in: half of what is free, where that is several times what its packages take up,
 * once as archives and once installed; `undefined` where they are better made on the disk.
 * @param installed bytes that the packages say they take
 * @param available bytes that are free, or can be made so
 */
export function memoryFor(installed: number, available: number): number | undefined {
  const needed = 2 * installed + SLACK;
  return available >= PLENTY * needed ? Math.floor(available / 2) : undefined;
}

/** Bytes of memory that this process may still take, by its cgroup's limit too, where this version of Node knows that. */
export function availableMemory(): number {
  return (process.availableMemory as typeof freemem | undefined)?.() ?? freemem();
}
