import { execFileSync } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Fields, FieldWriter } from "../../src/model/fields";
import { Tag, Type, Verb } from "../../src/model/protocol";
import { seededRandom } from "../support/random";
import { encodeFrame, hello, RawClient, type RawStream } from "./client";
import { run, TestGuest } from "./harness";

/** Sends bytes on a fresh connection, and gives the code of the ERROR that ends it. */
async function refusal(guest: TestGuest, bytes: Buffer): Promise<string | undefined> {
  const client = await RawClient.silent(guest.socket);
  client.write(bytes);
  const frame = await client.ownFrame(Type.ERROR);
  if (!client.closed) await once(client.socket, "close");
  return new Fields(frame.payload).text(Tag.CODE);
}

describe("hello", () => {
  test("gives versions, id and tier, and the nonce back", async () => {
    const client = await (await TestGuest.start()).connect();
    const fields = new Fields((await client.ownFrame(Type.HELLO)).payload);
    expect([fields.number(Tag.VERSION_MIN), fields.number(Tag.VERSION_MAX)]).toEqual([1, 1]);
    expect([fields.text(Tag.ID), fields.text(Tag.TIER)]).toEqual(["sbx-test", "chroot"]);
    expect(fields.text(Tag.NONCE)).toBe("nonce");
    expect(fields.text(Tag.SOFTWARE)).toMatch(/^sandstack-guest \d/);
  });

  test("a version that the guest does not speak is refused, and so is a first frame that is no hello", async () => {
    const guest = await TestGuest.start();
    expect(await refusal(guest, encodeFrame(Type.HELLO, 0, 0, hello(2, 3)))).toBe("VERSION");
    expect(await refusal(guest, encodeFrame(Type.PING, 0))).toBe("PROTOCOL");
  });

  test("PING is answered with its bytes", async () => {
    const client = await (await TestGuest.start()).connect();
    client.write(encodeFrame(Type.PING, 0, 0, Buffer.from("12345")));
    expect((await client.ownFrame(Type.PONG)).payload.toString()).toBe("12345");
  });
});

describe("what breaks the framing ends its own connection only", () => {
  const greeting = encodeFrame(Type.HELLO, 0, 0, hello());
  const open = (stream: number, verb: number): Buffer =>
    encodeFrame(Type.OPEN, stream, 0, new FieldWriter().number(Tag.VERB, verb).texts(Tag.ARG, ["cat"]).finish());
  const broken: [string, Buffer][] = [
    ["a payload above the limit", Buffer.from([1, 0, 1, 0, 0, 0, 0, 0, 11, 0, 0, 0])],
    ["reserved bytes", Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 11, 0, 1, 0])],
    ["a type that is none", encodeFrame(13, 0)],
    ["type 0", encodeFrame(0, 0)],
    ["channel 3", encodeFrame(Type.DATA, 1, 3, Buffer.from("x"))],
    ["an even stream", open(2, Verb.SPAWN)],
    ["a stream's number for the second time", Buffer.concat([open(3, Verb.SPAWN), open(3, Verb.SPAWN)])],
    ["data for a stream that was never opened", encodeFrame(Type.DATA, 5, 0, Buffer.from("x"))],
    ["empty data", Buffer.concat([open(1, Verb.SPAWN), encodeFrame(Type.DATA, 1)])],
    ["a credit of nothing", Buffer.concat([open(1, Verb.SPAWN), encodeFrame(Type.WINDOW, 1, 1, Buffer.alloc(4))])],
    ["END from a client", Buffer.concat([open(1, Verb.SPAWN), encodeFrame(Type.END, 1)])],
    ["OPEN on stream 0", open(0, Verb.SPAWN)],
  ];

  test.each(broken)("%s", async (_name, bytes) => {
    const guest = await TestGuest.start();
    const neighbour = await guest.connect();
    expect(await refusal(guest, Buffer.concat([greeting, bytes]))).toBe("PROTOCOL");
    expect((await run(neighbour, ["echo", "alive"])).out).toBe("alive\n");
  });

  test("what the guest does not know it refuses by name, and the connection lives on", async () => {
    const client = await (await TestGuest.start()).connect();
    await expect(client.open(9999).end()).rejects.toThrow(/^UNSUPPORTED: no verb 9999/);
    await expect(client.open(Verb.ACCEPT).end()).rejects.toThrow(/^UNSUPPORTED/);
    client.write(encodeFrame(Type.OPEN, 101, 0, Buffer.from([1, 0, 9, 0, 0, 0, 1])));
    client.write(encodeFrame(Type.DATA, 101, 0, Buffer.from("crossed its end")));
    client.write(encodeFrame(Type.PING, 0));
    await client.ownFrame(Type.PONG);
  });

  const random = seededRandom();
  test(`garbage (SANDSTACK_SEED=${random.seed})`, async () => {
    const guest = await TestGuest.start();
    for (let round = 0; round < 40; round++) {
      const client = await RawClient.silent(guest.socket);
      const noise = Buffer.from(Array.from({ length: 400 }, () => Math.floor(random.next() * 256)));
      client.write(round % 2 ? Buffer.concat([greeting, open(1, Verb.SPAWN), noise]) : noise);
      client.socket.end();
      if (!client.closed) await once(client.socket, "close");
    }
    expect((await run(await guest.connect(), ["echo", "alive"])).out).toBe("alive\n");
  });

  test("frames cut into single bytes are put together again", async () => {
    const guest = await TestGuest.start();
    const client = await RawClient.silent(guest.socket);
    (client.socket as Socket).setNoDelay(true);
    for (const byte of Buffer.concat([greeting, encodeFrame(Type.PING, 0, 0, Buffer.from("slow"))])) {
      client.write(Buffer.from([byte]));
      await new Promise((done) => setImmediate(done));
    }
    expect((await client.ownFrame(Type.PONG)).payload.toString()).toBe("slow");
    client.close();
  });
});

describe("limits", () => {
  test("1,024 streams on a connection", async () => {
    const client = await (await TestGuest.start()).connect();
    const pid = (await client.spawn(["sleep", "60"]).reply()).number(Tag.PID);
    const attach = (): RawStream => client.open(Verb.ATTACH, new FieldWriter().number(Tag.PID, pid));
    const attached = Array.from({ length: 1023 }, attach);
    await Promise.all(attached.map((stream) => stream.reply()));
    await expect(attach().end()).rejects.toThrow(/^LIMIT: 1024 streams/);
    attached[0]!.send(Type.RESET);
    await attach().reply();
  });

  test("256 connections on a guest; one that goes makes room", async () => {
    const guest = await TestGuest.start();
    const clients = await Promise.all(Array.from({ length: 256 }, () => guest.connect()));
    await Promise.all(clients.map((client) => client.ownFrame(Type.HELLO)));
    const refused = await RawClient.silent(guest.socket);
    expect(new Fields((await refused.ownFrame(Type.ERROR)).payload).text(Tag.CODE)).toBe("LIMIT");
    clients[0]!.close();
    await clients[1]!.open(Verb.INFO).end();
    expect((await run(await guest.connect(), ["echo", "room"])).out).toBe("room\n");
  });
});

test("the decoder and the parser survive seeded mutations under the sanitizers", () => {
  const seed = String(seededRandom().seed);
  execFileSync("make", ["-s", "-C", "guest", "build/test/fuzz"]);
  expect(execFileSync("guest/build/test/fuzz", ["50000", seed], { encoding: "utf8" })).toContain(`seed ${seed}`);
});
