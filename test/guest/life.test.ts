import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FieldWriter } from "../../src/model/fields";
import { How, SpawnFlag, Tag, Verb } from "../../src/model/protocol";
import type { RawClient } from "./client";
import { eventually, pause, run, TestGuest, TIERS } from "./harness";

const SH = ["/bin/sh", "-c"];
const withId = (id: string): FieldWriter => new FieldWriter().text(Tag.ID, id);
const snapshot = (client: RawClient): Promise<unknown> => client.open(Verb.SNAPSHOT, withId("snap-a")).end();
/** User and system time, in hundredths of a second. */
function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
const gone = (pid: number): boolean => !existsSync(`/proc/${pid}`);

describe.each(TIERS)("a sandbox's life on %s", (tier) => {
  test("at the deadline: TERM, the grace, KILL, a word to the keeper, and exit", async () => {
    const guest = await TestGuest.start({ tier, deadline: 2_000 });
    const client = await guest.connect();
    const polite = client.spawn([...SH, "trap 'echo bye; exit 3' TERM; sleep 60 & wait"]);
    const deaf = client.spawn([...SH, "trap '' TERM; (setsid sh -c \"trap '' TERM; sleep 63\" &); sleep 62; sleep 62"]);
    const ends = [await polite.end(), await deaf.end()];
    expect(polite.out.toString()).toBe("bye\n");
    expect(ends.map((end) => end.number(Tag.HOW))).toEqual([How.SANDBOX_END, How.SANDBOX_END]);
    expect(ends[1]!.number(Tag.SIGNAL)).toBe(9);
    expect(await guest.line("ending")).toContain(`how=${How.TIMEOUT} code=999 signal=0 flags=0`);
    await guest.ended();
    expect(guest.lines.at(-1)).toBe("exit 0 signal 0");
    expect(guest.processes()).toEqual([]);
  });

  test("SET_DEADLINE moves it, once the keeper has it", async () => {
    const guest = await TestGuest.start({ tier, deadline: 2_000 });
    const client = await guest.connect();
    const later = Date.now() + 3_600_000;
    const set = await client.open(Verb.SET_DEADLINE, new FieldWriter().number(Tag.DEADLINE, later)).end();
    expect(set.number(Tag.DEADLINE)).toBe(later);
    await pause(2_100);
    expect((await client.open(Verb.INFO).end()).number(Tag.DEADLINE)).toBe(later);
    client.open(Verb.SET_DEADLINE, new FieldWriter().number(Tag.DEADLINE, Date.now() - 1));
    await guest.ended();
  });

  test("at rest it uses no CPU, before its first command and after", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    const rests = async (): Promise<number> => {
      const before = cpuTicks(guest.pid);
      await pause(300);
      return cpuTicks(guest.pid) - before;
    };
    // A guest that is told of the same thing for ever uses 30 of these in 300 ms.
    expect(await rests()).toBeLessThan(3);
    await run(client, ["true"]);
    expect(await rests()).toBeLessThan(3);
  });

  test("END_SANDBOX ends it; until then new requests are refused", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    await client.spawn([...SH, "trap '' TERM; sleep 60; sleep 60"]).reply();
    await client.open(Verb.END_SANDBOX).end();
    await expect(client.spawn(["true"]).end()).rejects.toThrow(/^ENDING/);
    expect(await guest.line("ending")).toContain(`how=${How.KILLED}`);
    await guest.ended();
  });

  test("with the task the sandbox ends, and its output and code go to the keeper", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    const script = "echo out; echo error >&2; until test -e /tmp/go; do sleep 0.01; done; exit 6";
    const task = client.spawn([...SH, script], { task: true });
    await task.reply();
    await expect(client.spawn(["true"], { task: true }).end()).rejects.toThrow(/^EXISTS/);
    client.close();
    writeFileSync(join(guest.root, "tmp/go"), "");
    expect(await guest.line("ending")).toContain(`how=${How.ITSELF} code=6 signal=0 flags=1 dropped=0`);
    const sizes = guest.lines.filter((line) => line.startsWith("output ")).map((line) => Number(line.slice(7)));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe("out\nerror\n".length);
    await guest.ended();
  });

  test("kill -9 of the keeper ends guest and payload", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    await client.spawn([...SH, "(setsid sleep 64 &); sleep 65"]).reply();
    const pid = guest.pid;
    await eventually(() => guest.processes().length >= 2, "a payload");
    process.kill(guest.keeperPid, "SIGKILL");
    await eventually(() => gone(pid), "the guest gone");
    await eventually(() => guest.processes().length === 0, "the payload gone");
  });

  test("kill -9 of the keeper ends a stopped guest too", async () => {
    const guest = await TestGuest.start({ tier });
    await (await guest.connect()).spawn(["sleep", "66"]).reply();
    const pid = guest.pid;
    process.kill(pid, "SIGSTOP");
    process.kill(guest.keeperPid, "SIGKILL");
    await eventually(() => gone(pid), "the guest gone");
    await eventually(() => guest.processes().length === 0, "the payload gone");
  });

  test("kill -9 of the guest ends its commands", async () => {
    const guest = await TestGuest.start({ tier });
    await (await guest.connect()).spawn(["sleep", "67"]).reply();
    process.kill(guest.pid, "SIGKILL");
    await eventually(() => guest.processes().length === 0, "the command gone");
  });

  test("FREEZE stops every payload process, THAW lets them go on", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    const counting = client.spawn([...SH, "while :; do echo; sleep 0.01; done"]);
    await counting.until(() => counting.outBytes > 3, "output");
    await client.open(Verb.FREEZE).end();
    await pause(300); // what it had written is still on its way
    const before = counting.outBytes;
    await pause(300);
    expect(counting.outBytes).toBe(before);
    await client.open(Verb.THAW).end();
    await counting.until(() => counting.outBytes > before, "output again");
  });

  test("METRICS and INFO tell what is so", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    await client.spawn(["sleep", "60"]).reply();
    let metrics = await client.open(Verb.METRICS).end();
    // The kernel counts a process's time when it stops running: not yet, perhaps, that of one that has just begun.
    for (let looks = 0; looks < 200 && metrics.number(Tag.CPU_NS) === 0; looks += 1) {
      await pause(10);
      metrics = await client.open(Verb.METRICS).end();
    }
    expect(metrics.number(Tag.PIDS)).toBe(1);
    expect(metrics.number(Tag.MEM_BYTES)).toBeGreaterThan(0);
    expect(metrics.number(Tag.CPU_NS)).toBeGreaterThan(0);
    const info = await client.open(Verb.INFO).end();
    expect([info.text(Tag.ID), info.text(Tag.TIER), info.text(Tag.USER)]).toEqual(["sbx-test", tier, "agent"]);
    expect([info.text(Tag.STATE), info.number(Tag.PIDS_LIMIT)]).toEqual(["running", 256]);
  });
});

describe("snapshot", () => {
  test("with nothing running takes a new root; with commands running, a copy", async () => {
    const guest = await TestGuest.start();
    const client = await guest.connect();
    await run(client, ["true"]);
    await snapshot(client);
    const counting = client.spawn([...SH, "while :; do echo; sleep 0.01; done"]);
    await counting.until(() => counting.outBytes > 0, "output");
    await snapshot(client);
    const before = counting.outBytes;
    await counting.until(() => counting.outBytes > before + 3, "output after it");
    expect(guest.lines.filter((line) => line.startsWith("snapshot"))).toEqual([
      "snapshot flags=0 frozen=0",
      "snapshot flags=2 frozen=1",
    ]);
    expect((await run(client, ["echo", "new root"])).out).toBe("new root\n");
  });

  test("a daemon that outlived its command counts as running", async () => {
    const guest = await TestGuest.start();
    const client = await guest.connect();
    await run(client, [...SH, "(setsid sleep 60 >/dev/null 2>&1 &)"]);
    await snapshot(client);
    expect(await guest.line("snapshot")).toBe("snapshot flags=2 frozen=1");
  });
});

describe.each(TIERS)("rollback on %s", (tier) => {
  test("ends every process and stream, and brings the other root", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    writeFileSync(join(`${guest.root}.after`, "tmp/mark"), "after");
    const foreground = client.spawn(["sleep", "60"]);
    const background = client.spawn([...SH, "(setsid sleep 61 &); sleep 62"], { flags: SpawnFlag.BACKGROUND });
    await Promise.all([foreground.reply(), background.reply()]);
    const rollback = client.open(Verb.ROLLBACK, withId("snap-a"));
    const waits = client.spawn(["cat", "/tmp/mark"]);
    await expect(foreground.end()).rejects.toThrow(/^ROLLED_BACK/);
    await expect(background.end()).rejects.toThrow(/^ROLLED_BACK/);
    await rollback.end();
    await waits.end();
    expect(waits.out.toString()).toBe("after");
    expect(guest.processes()).toEqual([]);
  });

  test("one that the keeper refuses leaves all as it was", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    const stream = client.spawn([...SH, "until test -e /tmp/go; do sleep 0.01; done; echo unharmed"]);
    await stream.reply();
    const refused = client.open(Verb.ROLLBACK, withId("refused"));
    await expect(refused.end()).rejects.toThrow(/^NO_SUCH_SNAPSHOT: no snapshot refused/);
    writeFileSync(join(guest.root, "tmp/go"), "");
    await stream.end();
    expect(stream.out.toString()).toBe("unharmed\n");
  });
});

test("rollback removes System V objects on nspawn", async () => {
  const guest = await TestGuest.start({ tier: "nspawn" });
  const client = await guest.connect();
  const objects = async (): Promise<number> =>
    (await run(client, ["ipcs"])).out.split("\n").filter((line) => line.startsWith("0x")).length;
  for (const user of ["agent", "root"]) await run(client, ["ipcmk", "-M", "100", "-Q", "-S", "1"], { user });
  expect(await objects()).toBe(6);
  await client.open(Verb.ROLLBACK, withId("snap-a")).end();
  expect(await objects()).toBe(0);
});

test("a command that the kernel killed for memory says so", async () => {
  const guest = await TestGuest.start({ memory: 48 * 1024 * 1024 });
  const client = await guest.connect();
  const result = await run(client, ["python3", "-c", "x = bytearray(200_000_000)"]);
  expect(result).toMatchObject({ signal: 9, how: How.OUT_OF_MEMORY });
  expect(await run(client, [...SH, "kill -9 $$"])).toMatchObject({ signal: 9, how: How.ITSELF });
});
