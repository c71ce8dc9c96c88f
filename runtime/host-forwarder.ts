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
   * @throws SandstackError INVALID_OPTION for what is no port
   */
  async hostFor(port: number): Promise<string> {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalidOption("port", port, "1 to 65535");
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
    const stream = this.client.open(Verb.DIAL, new FieldWriter().number(Tag.PORT, port), {
      onData: (bytes) => {
        if (!socket.destroyed && !socket.write(bytes)) return drained(socket);
      },
      onEof: () => void socket.end(),
    });
    socket.on("error", () => {});
    let sent: Promise<unknown> = Promise.resolve();
    socket.on("data", (bytes) => {
      socket.pause();
      sent = stream.write(bytes).then(() => socket.resume());
    });
    // The end comes also to a socket that is paused: what came before it may still wait for credit.
    socket.on("end", () => void sent.then(() => stream.finish()));
    socket.on("close", () => stream.reset(new Error("The caller has gone.")));
    // A caller who finds nobody inside sees a connection that closes at once.
    stream.end.then(
      () => socket.end(),
      () => socket.destroy(),
    );
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("drain", resolve);
    socket.once("close", () => resolve());
  });
}
