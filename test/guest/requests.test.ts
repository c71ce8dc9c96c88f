import { describe, expect, test } from "vitest";
import { Fields, FieldWriter } from "../../src/model/fields";
import { GuestFlag, MAX_REQUEST, Tag, Type, Verb } from "../../src/model/protocol";
import type { RawClient, RawStream } from "./client";
import { TestGuest, run, TIERS } from "./harness";

// Requests that are larger than a frame: pieces of one come as PART, the last as OPEN.

const COUNT = ["/bin/sh", "-c", 'for a; do printf %s "$a"; done | wc -c', "sh"];
const spawn = (args: string[]) => new FieldWriter().texts(Tag.ARG, args).number(Tag.FLAGS, 0);
/** Fields that nobody asks for, so many bytes in all with the verb's. */
const filled = (bytes: number) => new FieldWriter().bytes(9_999, Buffer.alloc(bytes - 6 - 14));

async function start(): Promise<RawClient> {
  return (await TestGuest.start()).connect();
}

describe("a request in several frames", () => {
  test.each(TIERS)("on %s is one, and what follows it on its connection comes through", async (tier) => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    const args = Array<string>(8).fill("x".repeat(131_071));
    const stream = client.openInParts(Verb.SPAWN, spawn([...COUNT, ...args]));
    const next = client.open(Verb.INFO);
    await stream.end();
    expect(stream.out.toString()).toBe(`${8 * 131_071}\n`);
    await next.end();
    const hello = new Fields((await client.ownFrame(Type.HELLO)).payload);
    expect((hello.number(Tag.FLAGS) ?? 0) & GuestFlag.PARTS).not.toBe(0);
  });

  test("of 2 MiB is taken, and one byte more is LIMIT; the connection lives on", async () => {
    const client = await start();
    await client.openInParts(Verb.INFO, filled(MAX_REQUEST)).end();
    await expect(client.openInParts(Verb.INFO, filled(MAX_REQUEST + 1)).end()).rejects.toThrow(/^LIMIT: .*2 MiB/);
    await expect(client.openInParts(Verb.INFO, filled(8 * MAX_REQUEST)).end()).rejects.toThrow(/^LIMIT/);
    expect((await run(client, ["echo", "alive"])).out).toBe("alive\n");
  });

  test("of more than the kernel takes begins nothing, and the limit is named", async () => {
    const client = await start();
    const one = client.openInParts(Verb.SPAWN, spawn([...COUNT, "x".repeat(131_072)]));
    await expect(one.end()).rejects.toThrow(/^LIMIT: .*131,071 bytes each, about 2 MiB with the environment/);
  });

  test("that something comes between, or that is for no new stream, ends the connection", async () => {
    for (const spoil of [
      (client: RawClient) => client.part(3) && client.open(Verb.INFO),
      (client: RawClient) => client.part(2),
      (client: RawClient) => client.open(Verb.INFO) && client.part(1),
      (client: RawClient) => client.part(1) && client.send(Type.PING, 0),
    ]) {
      const client = await start();
      spoil(client);
      expect((await client.ownFrame(Type.ERROR)).payload.toString()).toContain("PROTOCOL");
    }
  });

  test("that is never whole goes with its client, and together they hold at most 16 MiB", async () => {
    const guest = await TestGuest.start();
    const clients: RawClient[] = [];
    for (let i = 0; i < 9; i++) {
      const client = await guest.connect();
      for (let n = 0; n < 31; n++) client.part(1);
      await client.ownFrame(Type.HELLO);
      clients.push(client);
    }
    const last = await guest.connect();
    const asked = () => last.openInParts(Verb.INFO, filled(MAX_REQUEST));
    await expect(asked().end()).rejects.toThrow(/^LIMIT: too many large requests at once/);
    expect((await run(last, ["echo", "alive"])).out).toBe("alive\n");
    for (const client of clients) client.close();
    await expect
      .poll(() =>
        asked()
          .end()
          .then(
            () => "taken",
            (error: Error) => error.message,
          ),
      )
      .toBe("taken");
  });

  test("is held while the root is swapped, as others are, and bounded there too", async () => {
    const guest = await TestGuest.start();
    const client = await guest.connect();
    const swap = client.open(Verb.ROLLBACK, new FieldWriter().text(Tag.ID, "slow"));
    const held: RawStream[] = [];
    for (let i = 0; i < 12; i++)
      held.push(client.openInParts(Verb.STAT, filled(MAX_REQUEST - 100).text(Tag.PATH, "/")));
    await swap.end();
    const ends = await Promise.allSettled(held.map((stream) => stream.end()));
    const refused = ends.filter(({ status }) => status === "rejected");
    for (const one of refused)
      expect(String((one as PromiseRejectedResult).reason)).toMatch(/LIMIT: too many large requests/);
    expect(refused.length).toBeLessThan(12);
    expect((await run(client, ["echo", "alive"])).out).toBe("alive\n");
  });
});
