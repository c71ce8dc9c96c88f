import { describe, expect, test } from "vitest";
import { FieldWriter } from "../../src/model/fields";
import { Channel, Tag, Type, Verb } from "../../src/model/protocol";
import type { RawClient, RawStream } from "./client";
import { codeOf, sendTo } from "./file-calls";
import { pause, run, TestGuest } from "./harness";

// The fake keeper gives the guest no network namespace of its own: these reach this machine's loopback. That a sandbox's
// is apart is shown in test/isolation.

const dial = (client: RawClient, port: number): RawStream =>
  client.open(Verb.DIAL, new FieldWriter().number(Tag.PORT, port));

/** A server of one connection inside, in Perl, which every Debian has; gives its port. */
async function serve(client: RawClient, body: string): Promise<number> {
  const script = `use Socket; socket(S, PF_INET, SOCK_STREAM, 0) or die; bind(S, pack_sockaddr_in(0, INADDR_LOOPBACK)) or die;
    listen(S, 9); $| = 1; print((unpack_sockaddr_in(getsockname(S)))[0], "\\n"); accept(C, S) or die; C->autoflush(1); ${body}`;
  const stream = client.spawn(["/usr/bin/perl", "-MIO::Handle", "-e", script]);
  await stream.until(() => stream.out.includes("\n"), "the port");
  return Number(stream.out.toString());
}

describe("DIAL", () => {
  test("carries bytes both ways, and each end of them", async () => {
    const client = await (await TestGuest.start()).connect();
    const port = await serve(client, "while (<C>) { print C uc } print C 'the end'; close C");
    const stream = dial(client, port);
    await stream.reply();
    stream.data("one\n");
    await stream.until(() => stream.out.toString() === "ONE\n", "an answer before the end");
    await sendTo(stream, "two\n");
    expect(stream.out.toString()).toBe("ONE\nTWO\nthe end");
  });

  test("the server's end is told while the client may still send", async () => {
    const client = await (await TestGuest.start()).connect();
    const port = await serve(client, "shutdown(C, 1); print STDOUT <C>");
    const stream = dial(client, port);
    await stream.until(() => stream.eofs === 1, "the server's end");
    await sendTo(stream, "late");
  });

  test("large amounts go as fast as they are read, both ways at once", async () => {
    const client = await (await TestGuest.start()).connect();
    const port = await serve(client, "while (sysread(C, $b, 65536)) { print C $b }");
    const stream = dial(client, port);
    const bytes = Buffer.alloc(5_000_000, "0123456789abcdef\n");
    await sendTo(stream, bytes);
    expect(stream.out.equals(bytes)).toBe(true);
  });

  test("a client that does not read stops the server, and holds up nobody", async () => {
    const client = await (await TestGuest.start()).connect();
    const port = await serve(client, "print C 'x' x 1000000 for 1..20; sleep 60");
    const stream = dial(client, port);
    stream.reads = false;
    await stream.until(() => stream.outBytes === 262_144, "its credit");
    await pause(50);
    expect(stream.outBytes).toBe(262_144);
    expect((await run(client, ["echo", "others go on"])).out).toBe("others go on\n");
    stream.credit(Channel.OUT, 1000);
    await stream.until(() => stream.outBytes === 263_144, "what it gave");
    stream.send(Type.RESET);
    await stream.end();
  });

  test("a server that does not read takes the credit only", async () => {
    const client = await (await TestGuest.start()).connect();
    const stream = dial(client, await serve(client, "sleep 60"));
    await stream.reply();
    let sent = false;
    const sending = stream.sendAll(Buffer.alloc(50_000_000)).then(() => (sent = true));
    await pause(200);
    expect(sent).toBe(false);
    expect((await run(client, ["echo", "others go on"])).out).toBe("others go on\n");
    stream.send(Type.RESET);
    await stream.end();
    await sending;
  });

  test("nobody there is CONNECTION_REFUSED, and so is a connection broken off", async () => {
    const client = await (await TestGuest.start()).connect();
    await expect(dial(client, 1).end()).rejects.toThrow("CONNECTION_REFUSED: port 1: Connection refused");
    for (const port of [0, 65_536]) expect(await codeOf(dial(client, port).end())).toBe("BAD_REQUEST");
    const broken = dial(client, await serve(client, "setsockopt(C, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)); close C"));
    expect(await codeOf(broken.end())).toBe("CONNECTION_REFUSED");
  });
});
