import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FieldWriter } from "../../src/model/fields";
import { How, SpawnFlag, Tag, Verb } from "../../src/model/protocol";
import { DockerGuest, useEngine } from "./docker";
import { writeFile } from "./file-calls";
import { pause, run } from "./harness";

const SH = ["/bin/sh", "-c"];
const engine = useEngine();
const BACKGROUND = { flags: SpawnFlag.BACKGROUND };

/** The pid of the one bridge into a container. */
function bridgeOf(guest: number): number {
  const space = readlinkSync(`/proc/${guest}/ns/pid`);
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== guest);
  const found = pids.filter((pid) => {
    try {
      return (
        readlinkSync(`/proc/${pid}/ns/pid`) === space && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("bridge")
      );
    } catch {
      return false;
    }
  });
  return Number(found[0]);
}

describe("the end of a container's sandbox", () => {
  test("at the deadline: TERM, the grace, KILL, and a record in the engine's log", async () => {
    const guest = await DockerGuest.start(engine(), { deadline: 1_500 });
    const client = guest.bridge();
    const polite = client.spawn([...SH, "trap 'echo bye; exit 3' TERM; sleep 60 & wait"]);
    const deaf = client.spawn([...SH, "trap '' TERM; (setsid sh -c \"trap '' TERM; sleep 63\" &); sleep 62; sleep 62"]);
    const ends = [await polite.end(), await deaf.end()];
    expect(polite.out.toString()).toBe("bye\n");
    expect(ends.map((end) => [end.number(Tag.HOW), end.number(Tag.SIGNAL)])).toEqual([
      [How.SANDBOX_END, undefined],
      [How.SANDBOX_END, 9],
    ]);
    const record = { how: "timed out", exitCode: null, signal: null, task: false, outputDropped: 0, outputBytes: 0 };
    expect(await guest.ended()).toMatchObject({ ...record, status: "0" });
  });

  test("SET_DEADLINE moves it", async () => {
    const guest = await DockerGuest.start(engine(), { deadline: 1_500 });
    const client = await guest.connect();
    const later = Date.now() + 3_600_000;
    const set = (ms: number) => client.open(Verb.SET_DEADLINE, new FieldWriter().number(Tag.DEADLINE, ms)).end();
    expect((await set(later)).number(Tag.DEADLINE)).toBe(later);
    await pause(1_600);
    expect((await client.open(Verb.INFO).end()).number(Tag.DEADLINE)).toBe(later);
    await set(Date.now() - 1);
    expect(await guest.ended()).toMatchObject({ how: "timed out" });
  });

  test("by `docker stop` it is the same end", async () => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    const polite = client.spawn([...SH, "trap 'echo bye; exit 3' TERM; echo ready; sleep 60 & wait"]);
    await polite.until(() => polite.outBytes > 0);
    const began = Date.now();
    await guest.docker("stop", "--time=10");
    expect(Date.now() - began).toBeLessThan(3_000);
    expect(polite.out.toString()).toBe("ready\nbye\n");
    expect(await guest.ended()).toMatchObject({ how: "killed", status: "0" });
  });

  test("END_SANDBOX is one; until then new requests are refused", async () => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    await client.spawn([...SH, "trap '' TERM; sleep 60; sleep 60"]).reply();
    await client.open(Verb.END_SANDBOX).end();
    await expect(client.spawn(["true"]).end()).rejects.toThrow(/^ENDING/);
    expect(await guest.ended()).toMatchObject({ how: "killed" });
  });

  test("with the task the sandbox ends, and any bytes of its output are in the log", async () => {
    const guest = await DockerGuest.start(engine());
    const client = guest.bridge();
    const bytes = Buffer.concat([Buffer.from([0, 0xff, 0xc3, 0x28, 10]), randomBytes(300_001)]);
    await writeFile(client, "/tmp/bytes", bytes);
    const task = client.spawn([...SH, "cat /tmp/bytes; exit 6"], { task: true });
    expect((await task.end()).number(Tag.EXIT_CODE)).toBe(6);
    expect(task.out.equals(bytes)).toBe(true);
    const end = await guest.ended();
    expect(end).toMatchObject({ how: "finished", exitCode: 6, signal: null, task: true, outputDropped: 0 });
    expect(end.outputBytes).toBe(bytes.length);
    expect(end.output.equals(bytes)).toBe(true);
  });

  test("a bridge that is late still brings what was said last", async () => {
    const guest = await DockerGuest.start(engine());
    const client = guest.bridge();
    const polite = client.spawn([...SH, "trap 'echo bye; exit 3' TERM; echo ready; sleep 60 & wait"]);
    await polite.until(() => polite.outBytes > 0);
    const bridge = bridgeOf(await guest.pid());
    process.kill(bridge, "SIGSTOP");
    await (await guest.connect()).open(Verb.END_SANDBOX).end();
    await pause(300);
    process.kill(bridge, "SIGCONT");
    expect((await polite.end()).number(Tag.HOW)).toBe(How.SANDBOX_END);
    expect(polite.out.toString()).toBe("ready\nbye\n");
  });

  test("of a task's output the last MiB is kept, and a signal is told", async () => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    const script = "i=0; while [ $i -lt 30 ]; do cat /tmp/block; i=$((i+1)); done; kill -9 $$";
    await writeFile(client, "/tmp/block", Buffer.alloc(50_000, "block\n"));
    await client.spawn([...SH, script], { task: true }).reply();
    const end = await guest.ended();
    expect(end).toMatchObject({ how: "finished", exitCode: null, signal: 9, task: true });
    expect(end).toMatchObject({ outputBytes: 1_048_576, outputDropped: 1_500_000 - 1_048_576 });
    expect(end.output.length).toBe(1_048_576);
  });
});

describe("nothing of the payload outlives it", () => {
  /** What is left in the container when the guest's own last words are said is nothing: the engine sees it empty. */
  const endOf = async (script: string): Promise<void> => {
    const guest = await DockerGuest.start(engine(), { env: { SANDSTACK_PROCESSES: 64 } });
    const client = await guest.connect();
    await client.spawn([...SH, script], BACKGROUND).reply();
    await pause(200);
    const before = Date.now();
    await client.open(Verb.END_SANDBOX).end();
    await guest.ended();
    expect(Date.now() - before).toBeLessThan(5_000);
  };

  test("a process that stopped itself", () => endOf("kill -STOP $$"));
  test("a fork bomb", () => endOf("bomb() { bomb | bomb & }; trap '' TERM HUP; bomb; while :; do sleep 1; done"));

  test("a daemon is reaped when it ends by itself", async () => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    await run(client, [...SH, "(setsid sh -c 'sleep 0.1; echo > /tmp/over' >/dev/null 2>&1 &)"]);
    await run(client, [...SH, "until test -e /tmp/over; do sleep 0.01; done"]);
    await pause(50);
    const { out } = await run(client, [...SH, "cat /proc/[0-9]*/stat"]);
    expect(out).not.toContain(") Z ");
    expect(out.trim().split("\n")).toHaveLength(2); // the guest, and this cat
  });
});
