import { describe, expect, test } from "vitest";
import { FieldWriter } from "../../src/model/fields";
import { How, SpawnFlag, Tag, Type, Verb } from "../../src/model/protocol";
import { eventually, pause, run, TestGuest, TIERS } from "./harness";

const SH = ["/bin/sh", "-c"];

describe.each(TIERS)("commands in a guest started as on %s", (tier) => {
  test("streams are apart, the exit code is the command's", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const result = await run(client, [...SH, "echo out; echo err >&2; exit 7"]);
    expect(result).toMatchObject({ out: "out\n", err: "err\n", exitCode: 7, signal: undefined, how: How.ITSELF });
  });

  test("a signal is told as one", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    expect(await run(client, [...SH, "kill -9 $$"])).toMatchObject({ exitCode: undefined, signal: 9, how: How.ITSELF });
  });

  test("the environment is clean, with defaults and the client's own", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const result = await run(client, ["env"], { env: ["A=1", "LANG=C"] });
    expect(result.out.trim().split("\n").sort()).toEqual([
      "A=1",
      "HOME=/home/agent",
      "LANG=C",
      "LOGNAME=agent",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "SHELL=/bin/sh",
      "USER=agent",
    ]);
  });

  test("it starts at home, or where it is told", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    expect((await run(client, ["pwd"])).out).toBe("/home/agent\n");
    expect((await run(client, ["pwd"], { cwd: "/tmp" })).out).toBe("/tmp\n");
  });

  test("what cannot start says why", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const refused = (args: string[], options = {}): Promise<unknown> => client.spawn(args, options).end();
    await expect(refused(["no-such-program"])).rejects.toThrow(/^NOT_FOUND: .*no-such-program/);
    await expect(refused(["/tmp/none"])).rejects.toThrow(/^NOT_FOUND/);
    await expect(refused(["/etc/passwd"])).rejects.toThrow(/^NOT_EXECUTABLE/);
    await expect(refused(["pwd"], { cwd: "/none" })).rejects.toThrow(/^BAD_PATH: .*\/none/);
    await expect(refused(["pwd"], { cwd: "tmp" })).rejects.toThrow(/^BAD_PATH: .*tmp/);
    await expect(refused(["pwd"], { user: "nobody-here" })).rejects.toThrow(/^UNKNOWN_USER/);
    await expect(refused(["pwd"], { env: ["=x"] })).rejects.toThrow(/^BAD_REQUEST/);
    await expect(refused([])).rejects.toThrow(/^BAD_REQUEST/);
  });

  test("at its timeout the whole group goes: TERM, then KILL", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    const polite = await run(
      client,
      [...SH, "trap 'echo bye; exit 3' TERM; (trap '' TERM; sleep 60; sleep 60) & wait"],
      { timeout: 1_000 },
    );
    expect(polite).toMatchObject({ out: "bye\n", exitCode: 3, how: How.TIMEOUT });
    await eventually(() => guest.processes().length === 0, "what ignored TERM gone");
    const before = Date.now();
    const deaf = await run(client, [...SH, "trap '' TERM; sleep 61 & sleep 62"], { timeout: 1_000 });
    expect(deaf).toMatchObject({ signal: 9, how: How.TIMEOUT });
    expect(Date.now() - before).toBeGreaterThan(1_450);
    await eventually(() => guest.processes().length === 0, "no process left");
  });

  test("a foreground command ends with its client; RESET does the same", async () => {
    const guest = await TestGuest.start({ tier });
    const [first, second] = [await guest.connect(), await guest.connect()];
    await first.spawn(["sleep", "60"]).reply();
    const stream = second.spawn(["sleep", "60"]);
    await stream.reply();
    expect(guest.processes()).toHaveLength(2);
    first.close();
    stream.send(Type.RESET);
    await stream.end();
    await eventually(() => guest.processes().length === 0, "both gone");
    expect((await run(second, ["echo", "alive"])).out).toBe("alive\n");
  });

  test("KILL reaches the group; an unknown pid is refused", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    const stream = client.spawn([...SH, "sleep 60 & sleep 60"]);
    const pid = (await stream.reply()).number(Tag.PID);
    await client.open(Verb.KILL, new FieldWriter().number(Tag.PID, pid)).end();
    const end = await stream.end();
    expect([end.number(Tag.SIGNAL), end.number(Tag.HOW)]).toEqual([9, How.KILLED]);
    await eventually(() => guest.processes().length === 0, "group gone");
    const unknown = client.open(Verb.KILL, new FieldWriter().number(Tag.PID, 1));
    await expect(unknown.end()).rejects.toThrow(/^NO_SUCH_COMMAND/);
  });

  test("descriptors that a child holds delay the end by no more than the silence", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const before = Date.now();
    const result = await run(client, [...SH, "(sleep 30 &) ; echo done"]);
    expect(result).toMatchObject({ out: "done\n", exitCode: 0 });
    expect(Date.now() - before).toBeLessThan(10_000);
    const noisy = await run(client, [...SH, "(yes &) ; echo first"]);
    expect(noisy.exitCode).toBe(0);
  });

  test("orphans are reaped", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    await run(client, [...SH, "for i in 1 2 3 4 5 6 7 8; do (setsid sh -c 'exit 0' &) ; done; sleep 0.1"]);
    await eventually(() => guest.processes().length === 0, "no zombie");
  });

  test("COMMANDS lists what runs", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const pid = (await client.spawn(["sleep", "60"], { cwd: "/tmp" }).reply()).number(Tag.PID);
    const list = client.open(Verb.COMMANDS);
    await list.end();
    const [entry, ...rest] = list.events.flatMap((event) => event.nested(Tag.ENTRY));
    expect(rest).toEqual([]);
    expect(entry!.number(Tag.PID)).toBe(pid);
    expect([entry!.text(Tag.COMMAND), entry!.text(Tag.CWD), entry!.text(Tag.USER)]).toEqual([
      "sleep 60",
      "/tmp",
      "agent",
    ]);
  });

  test("background: it outlives its client, and what it wrote is kept for ATTACH", async () => {
    const guest = await TestGuest.start({ tier });
    const first = await guest.connect();
    const script = "echo early; sleep 0.3; echo late >&2; exit 4";
    const pid = (await first.spawn([...SH, script], { flags: SpawnFlag.BACKGROUND }).reply()).number(Tag.PID);
    await pause(50);
    first.close();
    const second = await guest.connect();
    const attached = second.open(Verb.ATTACH, new FieldWriter().number(Tag.PID, pid));
    const end = await attached.end();
    expect([attached.out.toString(), attached.err.toString()]).toEqual(["early\n", "late\n"]);
    expect(end.number(Tag.EXIT_CODE)).toBe(4);
    const afterwards = second.open(Verb.ATTACH, new FieldWriter().number(Tag.PID, pid));
    expect((await afterwards.end()).number(Tag.EXIT_CODE)).toBe(4);
    expect(afterwards.out.toString()).toBe("early\n");
  });

  test("of a background command's output the last MiB is kept, and the rest is counted", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const flags = SpawnFlag.BACKGROUND | SpawnFlag.NO_OUTPUT;
    const stream = client.spawn([...SH, "head -c 3000000 /dev/zero; echo; printf END"], { flags });
    const pid = (await stream.reply()).number(Tag.PID);
    expect((await stream.end()).number(Tag.EXIT_CODE)).toBe(0);
    expect(stream.outBytes).toBe(0);
    const attached = client.open(Verb.ATTACH, new FieldWriter().number(Tag.PID, pid));
    const dropped = (await attached.reply()).number(Tag.DROPPED)!;
    await attached.end();
    expect(attached.out.length).toBe(1_048_576);
    expect(dropped).toBe(3_000_004 - 1_048_576);
    expect(attached.out.subarray(-4).toString()).toBe("\nEND");
  });
});
