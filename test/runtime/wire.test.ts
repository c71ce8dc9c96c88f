import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Sandbox, SandstackError } from "../../runtime";
import { GuestClient } from "../../runtime/guest/client";
import { openTransport } from "../../runtime/guest/transport";
import type { Frame } from "../../runtime/guest/frames";
import { Fields, FieldWriter } from "../../src/model/fields";
import { Channel, EntryKind, INITIAL_WINDOW, MAX_PAYLOAD, Tag, Type, Verb } from "../../src/model/protocol";
import { sleep, until } from "../support/until";
import { BAD_SPARSE } from "../images/sparse-maker";
import { makeTar } from "../images/tar-maker";
import { FakeGuest } from "./fake-guest";

// What a client does when its guest does what a real one never does: wrong versions, garbage, no credit, sudden ends.
// Not proven here: anything about real guests.

let guest: FakeGuest;
afterEach(() => guest.stop());

/** Answers the hello, and each request by `answer`. */
async function connectTo(answer: (frame: Frame) => void): Promise<Sandbox> {
  guest = await FakeGuest.start((self, frame) => (frame.type === Type.HELLO ? self.hello() : answer(frame)));
  return Sandbox.connect(guest.connection);
}
const exit = (code: number) => new FieldWriter().number(Tag.EXIT_CODE, code).number(Tag.HOW, 0).finish();
const lost = new SandstackError("ENDED", "It is over.");
const codeOf = (error: SandstackError) => error.code;

describe("the hello", () => {
  it("and the first request are sent without waiting for the guest's", async () => {
    guest = await FakeGuest.start(() => {});
    const client = new GuestClient(await openTransport(guest.connection), () => Promise.resolve(lost));
    const answered = client.request(Verb.INFO);
    await until("a request", 10_000, () => guest.verbs().length === 1);
    expect(guest.frames.map(({ type, stream }) => [type, stream])).toEqual([
      [Type.HELLO, 0],
      [Type.OPEN, 1],
    ]);
    client.close(lost);
    await expect(answered).rejects.toBe(lost);
  });

  it("of another version is an error that says so", async () => {
    const refusal = new FieldWriter().text(Tag.CODE, "VERSION").text(Tag.MESSAGE, "this guest speaks version 9");
    guest = await FakeGuest.start((self) => self.socket?.end(errorFrame(refusal)));
    await expect(Sandbox.connect(guest.connection)).rejects.toMatchObject({ code: "VERSION", message: /version 9/ });
  });

  it("of another sandbox is refused", async () => {
    guest = await FakeGuest.start((self) => self.hello("sbx-anotheranoth"));
    await expect(Sandbox.connect(guest.connection)).rejects.toMatchObject({ code: "PROTOCOL", message: /sbx-another/ });
  });

  it("that is garbage ends the connection with PROTOCOL", async () => {
    guest = await FakeGuest.start((self) => self.socket?.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await expect(Sandbox.connect(guest.connection)).rejects.toMatchObject({ code: "PROTOCOL" });
  });
});

describe("requests", () => {
  it("have odd numbers, none twice, the verb first", async () => {
    const sandbox = await connectTo(
      ({ type, stream }) => type === Type.OPEN && guest.send(Type.END, stream, 0, exit(0)),
    );
    await Promise.all([sandbox.commands.run(["a"]), sandbox.isRunning(), sandbox.commands.run(["b"])]);
    expect(guest.of(Type.OPEN).map(({ stream }) => stream)).toEqual([1, 3, 5]);
    expect(guest.verbs()).toEqual([Verb.SPAWN, Verb.INFO, Verb.SPAWN]);
    expect(guest.of(Type.OPEN).every(({ payload }) => payload.readUInt16LE(0) === Tag.VERB)).toBe(true);
  });

  it("all fail when the connection ends, and so does what comes after", async () => {
    const sandbox = await connectTo(() => void guest.stop());
    const [a, b] = await Promise.allSettled([sandbox.commands.run(["a"]), sandbox.files.read("/b")]);
    expect([a, b].map((one) => one.status === "rejected" && codeOf(one.reason as SandstackError))).toEqual([
      "ENDED",
      "ENDED",
    ]);
    await expect(sandbox.commands.run(["c"])).rejects.toMatchObject({ code: "ENDED" });
    expect(await sandbox.isRunning()).toBe(false);
    expect(await sandbox.kill()).toBe(false);
  });

  it("that are answered with malformed fields fail with PROTOCOL", async () => {
    const sandbox = await connectTo(({ stream }) => guest.send(Type.END, stream, 0, Buffer.from([1, 2, 3])));
    await expect(sandbox.getInfo()).rejects.toMatchObject({ code: "PROTOCOL" });
  });

  it("after disconnect() fail with ABORTED", async () => {
    const sandbox = await connectTo(() => {});
    const running = sandbox.commands.run(["sleep"]);
    sandbox.disconnect();
    await expect(running).rejects.toMatchObject({ code: "ABORTED" });
    await expect(sandbox.getInfo()).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("that are aborted send RESET, and what still comes is ignored", async () => {
    const sandbox = await connectTo(() => {});
    const controller = new AbortController();
    const running = sandbox.commands.run(["sleep"], { signal: controller.signal });
    await until("the request", 10_000, () => guest.verbs().length === 1);
    controller.abort(new Error("enough"));
    await expect(running).rejects.toMatchObject({ code: "ABORTED", cause: { message: "enough" } });
    await until("the reset", 10_000, () => guest.of(Type.RESET).length === 1);
    guest.send(Type.DATA, 1, Channel.OUT, Buffer.from("late"));
    guest.send(Type.END, 1, 0, exit(0));
    await sleep(20);
    guest.send(Type.END, 3, 0, exit(0));
    await expect(sandbox.commands.run(["true"], { signal: controller.signal })).rejects.toMatchObject({
      code: "ABORTED",
    });
    expect(guest.verbs()).toHaveLength(1);
  });
});

describe("credit", () => {
  it("is never overdrawn: a writer waits for the guest", async () => {
    const sandbox = await connectTo(({ type, stream }) => type === Type.EOF && guest.send(Type.END, stream));
    const written = sandbox.files.write("/a", Buffer.alloc(INITIAL_WINDOW + 100_000));
    const sent = () => guest.of(Type.DATA).reduce((sum, { payload }) => sum + payload.length, 0);
    await until("the first window", 10_000, () => sent() === INITIAL_WINDOW);
    await sleep(30);
    expect(sent()).toBe(INITIAL_WINDOW);
    guest.send(Type.WINDOW, 1, Channel.IN, u32(70_000));
    await until("70,000 more", 10_000, () => sent() === INITIAL_WINDOW + 70_000);
    guest.send(Type.WINDOW, 1, Channel.IN, u32(70_000));
    await written;
    expect(sent()).toBe(INITIAL_WINDOW + 100_000);
  });

  it("for all at once, of a guest that reads late, gets it the file as it is, and an abort even then an end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sandstack-wire-"));
    const bytes = Buffer.from(Array.from({ length: 5_000_000 }, (_, at) => (at ^ (at >> 8) ^ (at >> 16)) & 0xff));
    writeFileSync(join(folder, "a"), bytes);
    const sandbox = await connectTo(({ type, stream }) => {
      if (type === Type.EOF) guest.send(Type.END, stream);
      if (type !== Type.OPEN) return;
      guest.send(Type.WINDOW, stream, Channel.IN, u32(2 * bytes.length));
      guest.socket?.pause();
    });
    try {
      const copied = sandbox.files.copyIn(join(folder, "a"), "/a");
      await sleep(200);
      guest.socket?.resume();
      await copied;
      expect(Buffer.concat(guest.of(Type.DATA).map(({ payload }) => payload)).equals(bytes)).toBe(true);
      await expect(
        sandbox.files.copyIn(join(folder, "a"), "/a", { signal: AbortSignal.timeout(100) }),
      ).rejects.toMatchObject({ code: "ABORTED" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is waited for by the end of a caller at a forwarded port too", async () => {
    const sandbox = await connectTo(() => {});
    const [address, port] = (await sandbox.getHost(80)).split(":") as [string, string];
    const caller = connect(Number(port), address).end(Buffer.alloc(INITIAL_WINDOW + 10_000));
    const sent = () => guest.of(Type.DATA).reduce((sum, { payload }) => sum + payload.length, 0);
    await until("the first window", 10_000, () => sent() === INITIAL_WINDOW);
    await sleep(100);
    expect(guest.of(Type.EOF)).toEqual([]);
    guest.send(Type.WINDOW, 1, Channel.IN, u32(10_000));
    await until("the end", 10_000, () => guest.of(Type.EOF).length === 1);
    expect(sent()).toBe(INITIAL_WINDOW + 10_000);
    caller.destroy();
  });

  it("is given back as output is taken, and not while a callback is busy", async () => {
    const sandbox = await connectTo(() => {});
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const order: string[] = [];
    const running = sandbox.commands.run(["yes"], {
      onStdout: async (text) => {
        order.push(`out ${text.length}`);
        await held;
      },
      onStderr: (text) => void order.push(`err ${text.length}`),
    });
    await until("the request", 10_000, () => guest.verbs().length === 1);
    guest.send(Type.DATA, 1, Channel.OUT, Buffer.alloc(MAX_PAYLOAD, "y"));
    guest.send(Type.DATA, 1, Channel.ERR, Buffer.alloc(10, "e"));
    guest.send(Type.DATA, 1, Channel.OUT, Buffer.alloc(MAX_PAYLOAD, "y"));
    guest.send(Type.END, 1, 0, exit(0));
    await sleep(30);
    expect(order).toEqual([`out ${MAX_PAYLOAD}`]);
    expect(guest.of(Type.WINDOW)).toEqual([]);
    release();
    expect((await running).stdout).toHaveLength(2 * MAX_PAYLOAD);
    expect(order).toEqual([`out ${MAX_PAYLOAD}`, "err 10", `out ${MAX_PAYLOAD}`]);
    await until("credit", 10_000, () => guest.of(Type.WINDOW).length > 0);
    expect(guest.of(Type.WINDOW)[0]).toMatchObject({ stream: 1, channel: Channel.OUT, payload: u32(MAX_PAYLOAD) });
  });
});

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function errorFrame(fields: FieldWriter): Buffer {
  const payload = fields.finish();
  const head = Buffer.alloc(12);
  head.writeUInt32LE(payload.length, 0);
  head.writeUInt8(Type.ERROR, 8);
  return Buffer.concat([head, payload]);
}

describe("holes", () => {
  let here: string;
  beforeEach(() => void (here = mkdtempSync(join(tmpdir(), "sandstack-wire-"))));
  afterEach(() => rmSync(here, { recursive: true }));
  const reply = (kind: number, size: number) =>
    new FieldWriter()
      .number(Tag.KIND, kind)
      .number(Tag.SIZE, size)
      .number(Tag.MODE, 0o644)
      .number(Tag.MTIME, 0)
      .finish();
  const offset = (at: number) => new FieldWriter().number(Tag.OFFSET, at).finish();

  /** Answers a copy out: STAT with the kind, and what follows by `answer`. */
  async function copiedOut(kind: number, answer: (stream: number) => void): Promise<unknown> {
    const sandbox = await connectTo(({ type, stream, payload }) => {
      if (type !== Type.OPEN) return;
      const verb = new Fields(payload).number(Tag.VERB);
      if (verb === Verb.STAT) return guest.send(Type.END, stream, 0, reply(kind, 4096));
      guest.send(Type.REPLY, stream, 0, reply(kind, 4096));
      answer(stream);
      guest.send(Type.EOF, stream, Channel.OUT);
      guest.send(Type.END, stream);
    });
    return sandbox.files.copyOut("/f", join(here, "out")).catch((error: SandstackError) => error);
  }

  it.each([
    ["back", [1_000, 500]],
    ["into what has come", [2]],
    ["past the size that was told", [4_097]],
  ])("that lead %s are refused, and nothing is left", async (_, offsets) => {
    const error = await copiedOut(EntryKind.FILE, (stream) => {
      guest.send(Type.DATA, stream, Channel.OUT, Buffer.from("data"));
      for (const at of offsets) guest.send(Type.EVENT, stream, 0, offset(at));
    });
    expect(error).toMatchObject({ code: "PROTOCOL" });
    expect(readdirSync(here)).toEqual([]);
  });

  it("that are told in order are made", async () => {
    const done = await copiedOut(EntryKind.FILE, (stream) => {
      guest.send(Type.DATA, stream, Channel.OUT, Buffer.from("data"));
      guest.send(Type.EVENT, stream, 0, offset(10));
      guest.send(Type.DATA, stream, Channel.OUT, Buffer.from("more"));
      guest.send(Type.EVENT, stream, 0, offset(20));
    });
    expect(done).toBeUndefined();
    expect(readFileSync(join(here, "out"), "latin1")).toBe(`data${"\0".repeat(6)}more${"\0".repeat(6)}`);
  });

  it.each(BAD_SPARSE)("of an archive with %s are refused before tar writes them", async (_, entry, message) => {
    const error = await copiedOut(EntryKind.DIRECTORY, (stream) =>
      guest.send(Type.DATA, stream, Channel.OUT, makeTar([entry])),
    );
    expect(error).toMatchObject({ code: "BAD_ARCHIVE", message });
    expect(readdirSync(join(here, "out"))).toEqual([]);
  });

  it("are sent as the zeros that they are to a guest that did not say that it takes them", async () => {
    writeFileSync(join(here, "f"), "data");
    truncateSync(join(here, "f"), 200_000);
    const sandbox = await connectTo(({ type, stream }) => {
      if (type === Type.EOF) guest.send(Type.END, stream);
    });
    await sandbox.files.copyIn(join(here, "f"), "/f");
    await sandbox.files.copyIn(here, "/d");
    const [file, tree] = guest.of(Type.OPEN).map(({ payload, stream }) => ({ fields: new Fields(payload), stream }));
    const sent = (stream?: number) =>
      Buffer.concat(guest.of(Type.DATA).flatMap((frame) => (frame.stream === stream ? [frame.payload] : [])));
    expect(file?.fields.number(Tag.FLAGS)).toBeUndefined();
    expect(sent(file?.stream).equals(readFileSync(join(here, "f")))).toBe(true);
    expect(sent(tree?.stream).includes("GNU.sparse")).toBe(false);
    expect(sent(tree?.stream).length).toBeGreaterThan(200_000);
  });
});
