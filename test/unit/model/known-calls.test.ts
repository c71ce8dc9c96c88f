import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMON_CALLS, FIRST_COMMON, KNOWN_OF, OLDER_CALLS } from "../../../src/model/docker/known-calls";

// Not proven: the names of calls that are newer than the headers of who runs this; their count is.

const GUESTS = readFileSync("guest/src/guest/known-calls.c", "utf8");

/** No kernel of today answers them, but sysfs, which is denied (docs/security.md). */
const GONE = `uselib ustat sysfs _sysctl create_module get_kernel_syms query_module getpmsg putpmsg afs_syscall tuxcall
  security epoll_ctl_old epoll_wait_old vserver`.split(/\s+/);

/** Names and numbers, by the C library's headers. */
function headerCalls(): [name: string, number: number][] {
  const macros = execFileSync("cc", ["-E", "-dM", "-include", "sys/syscall.h", "-"], { input: "", encoding: "utf8" });
  return [...macros.matchAll(/^#define __NR_(\w+) (\d+)$/gm)].map(([, name, number]) => [
    name as string,
    Number(number),
  ]);
}

describe("the guest's filter and the engines' profile know the same system calls", () => {
  it("of the same kernel, from the first to the last of the common ones", () => {
    expect(GUESTS).toContain(`Linux ${KNOWN_OF.kernel} (${KNOWN_OF.date})`);
    const [, first, last] = /FIRST_COMMON = (\d+), LAST_COMMON = (\d+)/.exec(GUESTS) ?? [];
    expect([Number(first), Number(last)]).toEqual([FIRST_COMMON, FIRST_COMMON + COMMON_CALLS.length - 1]);
  });

  it("the common ones in the order of their numbers", () => {
    const common = headerCalls().filter(([, number]) => number >= FIRST_COMMON);
    expect(common.length).toBeGreaterThan(20);
    for (const [name, number] of common) expect([number, COMMON_CALLS[number - FIRST_COMMON]]).toEqual([number, name]);
  });

  it.runIf(process.arch === "x64")("and the older ones, but for those that nobody has", () => {
    const last = Number(/{{0, (\d+)}, {FIRST_COMMON/.exec(GUESTS)?.[1]);
    const older = headerCalls().filter(([, number]) => number < FIRST_COMMON);
    expect(older.filter(([, number]) => number > last)).toEqual([]);
    const names = new Set([...older.map(([name]) => name), "uprobe", "uretprobe"]);
    expect([...OLDER_CALLS, ...GONE].sort()).toEqual([...names].sort());
  });
});
