import { describe, expect, test } from "vitest";
import { FieldWriter } from "../../src/model/fields";
import { SpawnFlag, Tag, Verb } from "../../src/model/protocol";
import type { RawClient, RawStream } from "./client";
import { DockerGuest, useEngine } from "./docker";
import { at, call, openWrite, readFile, sendTo, sh, writeFile } from "./file-calls";
import { pause, run } from "./harness";

const SH = ["/bin/sh", "-c"];
const engine = useEngine();
const BACKGROUND = { flags: SpawnFlag.BACKGROUND };
const freeze = (client: RawClient): Promise<unknown> => client.open(Verb.FREEZE).end();
const thaw = (client: RawClient): Promise<unknown> => client.open(Verb.THAW).end();
const rollback = (client: RawClient): RawStream => client.open(Verb.ROLLBACK, new FieldWriter().text(Tag.ID, "snap-a"));
const size = async (client: RawClient, path: string): Promise<number> => (await readFile(client, path)).length;

/** Whether a file does within a while. */
async function grows(client: RawClient, path: string): Promise<boolean> {
  const before = await size(client, path);
  for (const end = Date.now() + 400; Date.now() < end; await pause(20)) {
    if ((await size(client, path)) > before) return true;
  }
  return (await size(client, path)) > before;
}

describe("FREEZE and THAW in a container", () => {
  test.each(["threads", "vfork", "forks"])("stop and resume what is hard to stop: %s", async (kind) => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    await client.spawn([...SH, `(setsid /probes/busy ${kind} /tmp/file >/dev/null 2>&1 &)`]).end();
    while ((await size(client, "/tmp/file").catch(() => 0)) < 4) await pause(10);
    for (let round = 0; round < 5; round++) {
      await freeze(client);
      expect(await grows(client, "/tmp/file")).toBe(false);
      await thaw(client);
      expect(await grows(client, "/tmp/file")).toBe(true);
    }
  });

  test("THAW leaves those stopped that were so before", async () => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    const script = "kill -STOP $$; while :; do echo >> /tmp/stopped; sleep 0.01; done";
    const stopped = await client.spawn([...SH, script], BACKGROUND).reply();
    await client.spawn([...SH, "while :; do echo >> /tmp/runs; sleep 0.01; done"], BACKGROUND).reply();
    while ((await size(client, "/tmp/runs").catch(() => 0)) < 4) await pause(10);
    await freeze(client);
    expect(await grows(client, "/tmp/runs")).toBe(false);
    await thaw(client);
    expect(await grows(client, "/tmp/runs")).toBe(true);
    await expect(size(client, "/tmp/stopped")).rejects.toThrow(/^NOT_FOUND/);
    const signal = new FieldWriter().number(Tag.PID, stopped.number(Tag.PID)).number(Tag.SIGNAL, 18);
    await client.open(Verb.KILL, signal).end();
    while ((await size(client, "/tmp/stopped").catch(() => 0)) < 4) await pause(10);
  });

  test("a command that is started meanwhile begins with THAW; files can be read", async () => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    await freeze(client);
    const late = client.spawn([...SH, "echo late > /tmp/late"]);
    await pause(300);
    expect(late.replied).toBeUndefined();
    await expect(readFile(client, "/tmp/late")).rejects.toThrow(/^NOT_FOUND/);
    expect(await readFile(client, "/of-image")).toBe("image\n");
    await thaw(client);
    await late.end();
    expect(await readFile(client, "/tmp/late")).toBe("late\n");
  });

  test("a frozen sandbox ends at its deadline", async () => {
    const guest = await DockerGuest.start(engine(), { deadline: 1_500 });
    const client = await guest.connect();
    await client.spawn([...SH, "trap '' TERM; while :; do sleep 1; done"], BACKGROUND).reply();
    await freeze(client);
    expect(await guest.ended()).toMatchObject({ how: "timed out" });
  });

  test("SNAPSHOT is not the guest's here", async () => {
    const client = await (await DockerGuest.start(engine())).connect();
    const asked = client.open(Verb.SNAPSHOT, new FieldWriter().text(Tag.ID, "snap-a"));
    await expect(asked.end()).rejects.toThrow(/^UNSUPPORTED/);
  });
});

describe("ROLLBACK in a container", () => {
  test("ends all that runs and is at work on files, and holds what comes until THAW", async () => {
    const guest = await DockerGuest.start(engine());
    const client = guest.bridge();
    const foreground = client.spawn([...SH, "(setsid /probes/busy forks /tmp/file &); sleep 60"]);
    const background = client.spawn([...SH, "kill -STOP $$"], BACKGROUND);
    const watching = client.open(Verb.WATCH, at("/tmp"));
    const writing = openWrite(client, "/tmp/half");
    writing.data("half of it");
    await Promise.all([foreground, background, watching].map((stream) => stream.reply()));
    await writeFile(client, "/dev/shm/memory", "shared");
    await call(client, Verb.MKDIR, "/dev/shm/deep/er");
    while ((await size(client, "/tmp/file").catch(() => 0)) < 4) await pause(10);

    const rolled = rollback(client);
    const command = client.spawn(["cat"], { flags: SpawnFlag.STDIN });
    command.data("typed meanwhile");
    command.send(5);
    const written = sendTo(openWrite(client, "/tmp/meanwhile"), "new\n");
    for (const stream of [foreground, background, watching, writing])
      await expect(stream.end()).rejects.toThrow(/^ROLLED_BACK/);
    await rolled.end();
    const tasks = await guest.exec(["/bin/sh", "-c", "cat /proc/[0-9]*/stat"]);
    expect(tasks).not.toContain("busy");
    expect(await guest.exec(["ls", "-A", "/dev/shm", "/tmp"])).toBe("/dev/shm:\n\n/tmp:\nfile");

    expect((await client.open(Verb.INFO).end()).text(Tag.STATE)).toBe("running");
    await pause(200);
    expect([command.replied, command.ended]).toEqual([undefined, undefined]);
    await thaw(client);
    await command.end();
    expect(command.out.toString()).toBe("typed meanwhile");
    await written;
    expect(await readFile(client, "/tmp/meanwhile")).toBe("new\n");
  });

  test("of a frozen sandbox works too, and a second one waits for the first", async () => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    await client.spawn(["sleep", "60"], BACKGROUND).reply();
    await freeze(client);
    await rollback(client).end();
    const second = rollback(client);
    const reads = readFile(client, "/of-image");
    await pause(100);
    expect(second.ended).toBeUndefined();
    await thaw(client);
    await second.end();
    await thaw(client);
    expect(await reads).toBe("image\n");
    expect(await sh(client, "echo runs")).toBe("runs\n");
  });

  test("the hold outlives the client that asked, and the deadline outlives the hold", async () => {
    const guest = await DockerGuest.start(engine(), { deadline: 2_000 });
    const asker = await guest.connect();
    await rollback(asker).end();
    asker.close();
    const client = await guest.connect();
    const waits = run(client, ["true"]);
    await client.open(Verb.INFO).end();
    expect(await guest.ended()).toMatchObject({ how: "timed out" });
    void waits;
  });

  test("System V objects are gone with it", async () => {
    const guest = await DockerGuest.start(engine());
    const client = await guest.connect();
    const objects = async (): Promise<string> =>
      sh(client, "cat /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg");
    const none = await objects();
    await client.spawn(["/usr/bin/ipcmk", "-M", "100", "-Q", "-S", "1"]).end();
    expect((await objects()).split("\n").length).toBe(none.split("\n").length + 3);
    await rollback(client).end();
    await thaw(client);
    expect(await objects()).toBe(none);
  });
});
