import { describe, expect, test } from "vitest";
import { FieldWriter } from "../../src/model/fields";
import { Channel, SpawnFlag, Tag, Type, Verb } from "../../src/model/protocol";
import { pause, run, TestGuest } from "./harness";

const SH = ["/bin/sh", "-c"];

describe("stdin", () => {
  test("goes in, in order, and ends", async () => {
    const client = await (await TestGuest.start()).connect();
    const stream = client.spawn(["cat"], { flags: SpawnFlag.STDIN });
    stream.data("one ");
    stream.data("two");
    stream.send(Type.EOF);
    expect((await stream.end()).number(Tag.EXIT_CODE)).toBe(0);
    expect(stream.out.toString()).toBe("one two");
  });

  test("without STDIN it is empty", async () => {
    const client = await (await TestGuest.start()).connect();
    expect((await run(client, ["cat"])).out).toBe("");
  });

  test("the verb STDIN writes to a command of another connection, and closes it", async () => {
    const guest = await TestGuest.start();
    const client = await guest.connect();
    const stream = client.spawn(["cat"], { flags: SpawnFlag.STDIN });
    const pid = (await stream.reply()).number(Tag.PID);
    const other = (await guest.connect()).open(Verb.STDIN, new FieldWriter().number(Tag.PID, pid).number(Tag.FLAGS, 1));
    other.data("from afar");
    other.send(Type.EOF);
    await other.end();
    await stream.end();
    expect(stream.out.toString()).toBe("from afar");
    const silent = client.spawn(["sleep", "60"]);
    const deaf = client.open(Verb.STDIN, new FieldWriter().number(Tag.PID, (await silent.reply()).number(Tag.PID)));
    await expect(deaf.end()).rejects.toThrow(/^BAD_REQUEST/);
  });

  test("a command that does not read takes only the credit; one that closed stdin loses it", async () => {
    const client = await (await TestGuest.start()).connect();
    const stuck = client.spawn(["sleep", "60"], { flags: SpawnFlag.STDIN });
    await stuck.reply();
    for (let i = 0; i < 4; i++) stuck.data(Buffer.alloc(65_536));
    await pause(50); // what went into the pipe, 64 KiB, comes back as credit; the rest does not
    const closed = client.spawn([...SH, "exec <&-; sleep 0.2"], { flags: SpawnFlag.STDIN });
    await closed.reply();
    for (let i = 0; i < 4; i++) closed.data(Buffer.alloc(65_536));
    expect((await closed.end()).number(Tag.EXIT_CODE)).toBe(0);
    stuck.data(Buffer.alloc(65_536));
    await pause(50);
    expect(client.own.filter((frame) => frame.type === Type.ERROR)).toEqual([]);
    stuck.data("more than the credit");
    expect((await client.ownFrame(Type.ERROR)).payload.toString()).toContain("PROTOCOL");
  });
});

describe("output's flow control", () => {
  test("a million lines arrive whole", async () => {
    const client = await (await TestGuest.start()).connect();
    const stream = client.spawn(["seq", "1000000"]);
    stream.keeps = false;
    await stream.end();
    expect(stream.outBytes).toBe(6_888_896);
  });

  test("a reader that stops reading stops its command, and nobody else", async () => {
    const guest = await TestGuest.start();
    const client = await guest.connect();
    const stuck = client.spawn(["yes"]);
    stuck.reads = false;
    await stuck.until(() => stuck.outBytes === 262_144, "all of its credit");
    expect((await run(client, ["echo", "others go on"])).out).toBe("others go on\n");
    await pause(100);
    expect(stuck.outBytes).toBe(262_144);
    stuck.credit(Channel.OUT, 1000);
    await stuck.until(() => stuck.outBytes === 263_144, "what it gave");
  });

  test("a client that reads nothing of its socket blocks no other", async () => {
    const guest = await TestGuest.start();
    const deaf = await guest.connect();
    deaf.socket.pause();
    for (let i = 0; i < 40; i++) deaf.spawn(["yes"]);
    const client = await guest.connect();
    expect((await run(client, ["echo", "others go on"])).out).toBe("others go on\n");
  });
});
