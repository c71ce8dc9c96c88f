import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { totalmem } from "node:os";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { newMarker, withMarker } from "../faults/parts";
import { until } from "../support/until";
import type { Place } from "./place";

// Attempts that stand open, and are said to. A test here that fails means that the docs have to change with what is true.

/** Whether this machine counts memory by version 1 of cgroups. */
export const isV1 = readFileSync("/proc/self/cgroup", "utf8").includes(":memory:");

/** A page says this of what is open, in these words. */
export function expectSaid(page: string, words: RegExp): void {
  const text = readFileSync(resolve(__dirname, "../..", page), "utf8");
  expect(text.replaceAll(/\s+/g, " ")).toMatch(words);
}

/** The machine's frames behind the first page of a process's program and the top of its stack, once it has begun. */
function framesOf(pid: number): { program: bigint; stack: bigint } | undefined {
  const lines = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n");
  const program = lines.find((line) => line.includes("/sleep") || line.includes("/coreutils"));
  const stack = lines.find((line) => line.endsWith("[stack]"));
  if (program === undefined || stack === undefined) return undefined;
  const [from] = program.split("-") as [string];
  const [, to] = /^\w+-(\w+)/.exec(stack) as unknown as [string, string];
  const frames = { program: frameAt(pid, BigInt(`0x${from}`)), stack: frameAt(pid, BigInt(`0x${to}`) - 4096n) };
  return frames.program !== 0n && frames.stack !== 0n ? frames : undefined;
}

function frameAt(pid: number, address: bigint): bigint {
  const entry = Buffer.alloc(8);
  const pages = openSync(`/proc/${pid}/pagemap`, "r");
  readSync(pages, entry, 0, 8, Number((address / 4096n) * 8n));
  closeSync(pages);
  return entry.readBigUInt64LE() & ((1n << 55n) - 1n);
}

async function framesOfSleep({ sandbox }: Place): Promise<{ program: bigint; stack: bigint }> {
  const marker = newMarker();
  await sandbox.commands.run(["sleep", marker], { background: true });
  const pid = await until("the command", 10_000, () => withMarker(marker)[0]);
  return until("its pages", 10_000, () => framesOf(pid));
}

/** In a `describe`: two sandboxes of one image. */
export function sharesPages(one: () => Place, other: () => Place, page: string): void {
  it("open, and docs say so: sandboxes of one image have its files in the same memory of the machine", async () => {
    const [a, b] = [await framesOfSleep(one()), await framesOfSleep(other())];
    expect(a.program).toBe(b.program);
    // Each has to itself all that is not the image's.
    expect(a.stack).not.toBe(b.stack);
    expectSaid(page, /share the machine's memory for its files/);
    expectSaid("README.md", /memory for the files of an image/);
  });
}

/** In a `describe`: two sandboxes for which no limit was asked. */
export function hasDefaultLimits(one: () => Place, other: () => Place, page: string): void {
  it("open, and docs say so: without limits each may take half of the memory, and all of the processors and the disk", async () => {
    for (const { sandbox } of [one(), other()]) {
      const { limits } = await sandbox.getInfo();
      expect(limits).toMatchObject({ processes: 512, cpus: undefined, disk: undefined });
      expect(Math.abs((limits.memory ?? 0) - totalmem() / 2)).toBeLessThan(1 << 20);
    }
    expectSaid(page, /half of the (machine's|engine's) memory \*each\*/);
    expectSaid("README.md", /half of the machine's memory \*each\*/);
  });
}
