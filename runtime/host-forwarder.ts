import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { invalidOption } from "../src/model/error";
import { FieldWriter } from "../src/model/fields";
import { Tag, Verb } from "../src/model/protocol";
import type { GuestClient } from "./guest/client";

/** Ports inside a sandbox, each reached through a port of this machine's loopback. Does not keep the process alive. */
export class HostForwarder {
  private readonly servers = new Map<number, Promise<Server>>();

  constructor(private readonly client: GuestClient) {}

  /**
   * `127.0.0.1:PORT`, which leads to the port inside.
   * @throws SandstackError INVALID_OPTION for what is no port; ENDED
   */
  async hostFor(port: number): Promise<string> {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalidOption("port", port, "1 to 65535");
    // A sandbox that has ended shows nothing, and says so here rather than to each caller.
    await this.client.requireOpen();
    let server = this.servers.get(port);
    if (server === undefined) this.servers.set(port, (server = this.listen(port)));
    const { address, port: ours } = (await server).address() as AddressInfo;
    return `${address}:${ours}`;
  }

  close(): void {
    for (const listening of this.servers.values()) void listening.then((server) => server.close());
    this.servers.clear();
  }

  private async listen(port: number): Promise<Server> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.forward(socket, port));
    server.listen(0, "127.0.0.1").unref();
    await once(server, "listening");
    return server;
  }

  private forward(socket: Socket, port: number): void {
    let answered = false;
    const stream = this.client.open(Verb.DIAL, new FieldWriter().number(Tag.PORT, port), {
      onData: (bytes) => {
        answered = true;
        if (!socket.destroyed && !socket.write(bytes)) return drained(socket);
      },
      onEof: () => void socket.end(),
    });
    socket.on("error", () => {});
    const heard = firstBytes(socket);
    let sent: Promise<unknown> = Promise.resolve();
    socket.on("data", (bytes) => {
      socket.pause();
      sent = stream.write(bytes).then(() => socket.resume());
    });
    // The end comes also to a socket that is paused: what came before it may still wait for credit.
    socket.on("end", () => void sent.then(() => stream.finish()));
    socket.on("close", () => stream.reset(new Error("The caller has gone.")));
    stream.end.then(
      () => socket.end(),
      async (error: Error) => {
        if (answered) socket.destroy();
        else refuse(socket, await heard, error.message);
      },
    );
  }
}

/** How long a caller has for its first bytes: one that waits to be spoken to is told after that. */
const PATIENCE_MS = 100;

/**
 * Reads what a caller says first. A caller that finds nobody inside is not told before that: a client whose connection
 * closes before its request was sent takes it for a stale one, and connects anew, for ever.
 */
function firstBytes(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(Buffer.alloc(0)), PATIENCE_MS);
    socket.once("data", (bytes) => {
      clearTimeout(late);
      resolve(bytes);
    });
  });
}

/** Says to a caller that nobody is there: in its own language where that is HTTP, else by closing. */
function refuse(socket: Socket, head: Buffer, why: string): void {
  if (!/^[A-Z]+ \S+ HTTP\/1\.[01]\r?\n/.test(head.toString("latin1"))) return void socket.destroySoon();
  const body = `sandstack: ${why}\n`;
  const headers = ["Content-Type: text/plain; charset=utf-8", `Content-Length: ${Buffer.byteLength(body)}`];
  socket.end(["HTTP/1.1 502 Bad Gateway", ...headers, "Connection: close", "", body].join("\r\n"));
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("drain", resolve);
    socket.once("close", () => resolve());
  });
}
