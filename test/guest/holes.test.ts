import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Fields } from "../../src/model/fields";
import { GuestFlag, ReadFlag, Tag, TarFlag, Type, Verb, WriteFlag } from "../../src/model/protocol";
import { BAD_SPARSE, sparseMap } from "../images/sparse-maker";
import type { RawClient, RawStream } from "./client";
import { at, codeOf, sendTo, sh, start } from "./file-calls";
import { TIERS } from "./harness";

// Answers to a client that asks for holes, and to one that does not: an older runtime, which takes bytes alone.

const SIZE = 2 ** 40 + 13;
const make = (client: RawClient, path: string, size: number | string = SIZE) =>
  sh(client, `printf data > ${path}; truncate -s ${size} ${path}; printf end >> ${path}`);

async function read(
  client: RawClient,
  path: string,
  change: (f: ReturnType<typeof at>) => unknown,
): Promise<RawStream> {
  const fields = at(path);
  change(fields);
  const stream = client.open(Verb.READ, fields);
  await stream.end();
  return stream;
}
const offsets = (stream: RawStream) => stream.events.map((event) => event.number(Tag.OFFSET));

describe.each(TIERS)("on %s", (tier) => {
  test("the guest says that it takes holes", async () => {
    const { client } = await start(tier);
    expect(new Fields((await client.ownFrame(Type.HELLO)).payload).number(Tag.FLAGS)).toBe(
      GuestFlag.HOLES | GuestFlag.PARTS,
    );
  });

  test("READ tells where data goes on, and where the file ends", async () => {
    const { client } = await start(tier);
    await make(client, "/tmp/f");
    const holes = (f: ReturnType<typeof at>) => f.number(Tag.FLAGS, ReadFlag.HOLES);
    const whole = await read(client, "/tmp/f", holes);
    const last = SIZE - (SIZE % 4096);
    expect(whole.replied?.number(Tag.SIZE)).toBe(SIZE + 3);
    expect(offsets(whole)).toEqual([last]);
    expect(whole.out.subarray(0, 4).toString()).toBe("data");
    expect(whole.out.subarray(4096).toString("latin1")).toBe(`${"\0".repeat(13)}end`);
    await sh(client, "truncate -s 1G /tmp/f");
    expect(offsets(await read(client, "/tmp/f", holes))).toEqual([2 ** 30]);
    const part = await read(client, "/tmp/f", (f) => holes(f).number(Tag.OFFSET, 2).number(Tag.SIZE, 8192));
    expect(offsets(part)).toEqual([8194]);
    expect(part.out.subarray(0, 2).toString()).toBe("ta");
    expect(part.out).toHaveLength(4094);
    const none = await read(client, "/tmp/f", (f) => holes(f).number(Tag.OFFSET, 2 ** 31));
    expect([offsets(none), none.out.length]).toEqual([[], 0]);
  });

  test("READ, TAR_OUT and WRITE without the flag have all bytes", async () => {
    const { guest, client } = await start(tier);
    await sh(client, "mkdir /tmp/d");
    await make(client, "/tmp/d/f", 1 << 20);
    const bytes = readFileSync(join(guest.root, "tmp/d/f"));
    const stream = await read(client, "/tmp/d/f", () => {});
    expect([offsets(stream), stream.out.equals(bytes)]).toEqual([[], true]);
    const packed = client.open(Verb.TAR_OUT, at("/tmp/d"));
    await packed.end();
    expect(packed.out.includes("GNU.sparse")).toBe(false);
    expect(packed.out).toHaveLength(512 * 2 + Math.ceil(bytes.length / 512) * 512 + 512 + 1024);
    await sendTo(client.open(Verb.WRITE, at("/tmp/map").number(Tag.SIZE, 5)), sparseMap({ size: 5, map: [] }));
    expect(statSync(join(guest.root, "tmp/map")).size).toBe(512);
  });

  test("WRITE takes a map and what it names, in pieces of any size", async () => {
    const { guest, client } = await start(tier);
    const data = Buffer.concat([
      sparseMap({
        size: SIZE,
        map: [
          [512, 512],
          [SIZE - 3, 3],
        ],
      }),
      Buffer.alloc(512, "x"),
      Buffer.from("end"),
    ]);
    const fields = () => at("/tmp/f").number(Tag.FLAGS, WriteFlag.HOLES).number(Tag.SIZE, SIZE);
    for (const piece of [1, 100, 4096]) {
      const stream = client.open(Verb.WRITE, fields());
      for (let from = 0; from < data.length; from += piece) stream.data(data.subarray(from, from + piece));
      expect((await sendTo(stream, "")).number(Tag.SIZE)).toBe(SIZE);
      const { size, blocks } = statSync(join(guest.root, "tmp/f"));
      expect(size).toBe(SIZE);
      expect(blocks * 512).toBeLessThan(65_536);
      expect(await sh(client, "head -c 514 /tmp/f | tail -c 3 | od -An -c; tail -c 3 /tmp/f")).toMatch(
        /\\0 +x +x\nend$/,
      );
    }
  });

  test("a WRITE of holes that makes no sense leaves nothing, and what was there", async () => {
    const { guest, client } = await start(tier);
    await sh(client, "echo old > /tmp/f");
    for (const flags of [WriteFlag.HOLES, WriteFlag.HOLES | WriteFlag.APPEND]) {
      const fields = at("/tmp/f").number(Tag.FLAGS, flags);
      if (flags & WriteFlag.APPEND) fields.number(Tag.SIZE, 5);
      expect(await codeOf(sendTo(client.open(Verb.WRITE, fields), ""))).toBe("BAD_REQUEST");
    }
    for (const [, { content, pax }] of BAD_SPARSE) {
      const size = Number(pax?.["GNU.sparse.realsize"]);
      if (!Number.isSafeInteger(size) || size < 0) continue;
      const fields = at("/tmp/f").number(Tag.FLAGS, WriteFlag.HOLES).number(Tag.SIZE, size);
      expect(await codeOf(sendTo(client.open(Verb.WRITE, fields), content as Buffer))).toBe("BAD_ARCHIVE");
    }
    expect(await sh(client, "ls -A /tmp; cat /tmp/f")).toBe("f\nold\n");
    expect(statSync(join(guest.root, "tmp/f")).size).toBe(4);
  });

  test("TAR_OUT with the flag is an archive for tar, whatever the names and how many pieces there are", async () => {
    const { guest, client } = await start(tier);
    const far = `${"long-directory-name/".repeat(12)}f`;
    await sh(client, `mkdir -p /tmp/d/${far.slice(0, -2)}`);
    await make(client, `/tmp/d/${far}`);
    await sh(
      client,
      "cd /tmp/d; truncate -s 5T empty; perl -e 'open F, \">many\"; for (1 .. 3000) { seek F, $_ * 8192, 0; print F $_ }'; echo x > plain",
    );
    const stream = client.open(Verb.TAR_OUT, at("/tmp/d").number(Tag.FLAGS, TarFlag.HOLES));
    await stream.end();
    const out = join(guest.root, "tmp/out");
    execFileSync("mkdir", [out]);
    execFileSync("tar", ["-x", "-f", "-", "-C", out], { input: stream.out });
    for (const name of [far, "empty", "many", "plain"]) {
      const [before, after] = [statSync(join(guest.root, "tmp/d", name)), statSync(join(out, name))];
      expect([after.size, after.mtimeMs]).toEqual([before.size, before.mtimeMs]);
      expect(after.blocks).toBeLessThanOrEqual(before.blocks);
    }
    const many = "tmp/d/many";
    expect(readFileSync(join(out, "many")).equals(readFileSync(join(guest.root, many)))).toBe(true);
    const again = client.open(Verb.TAR_IN, at("/tmp/in"));
    await sendTo(again, stream.out);
    expect(readFileSync(join(guest.root, "tmp/in/many")).equals(readFileSync(join(guest.root, many)))).toBe(true);
    expect(statSync(join(guest.root, "tmp/in/empty"))).toMatchObject({ size: 5 * 2 ** 40, blocks: 0 });
    expect(statSync(join(guest.root, "tmp/in", far)).size).toBe(SIZE + 3);
  });
});
