import type { Server } from "@grpc/grpc-js";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { SandstackError } from "../model/error";
import { own } from "./own";
import { isOwn, peerOf } from "./whose-socket";

/**
 * Serves on a port of the loopback, which every user of this machine can reach, and answers this user and root alone: of
 * anybody else no byte is read.
 */
export async function serveOwnUser(server: Server): Promise<{ port: number; close: () => void }> {
  if (typeof server.createConnectionInjector !== "function") {
    throw new SandstackError("VERSION", "The installed @grpc/grpc-js is too old to be served safely.", {
      hint: "npm update @grpc/grpc-js",
    });
  }
  const injector = server.createConnectionInjector(own("grpc").ServerCredentials.createInsecure());
  const refused = new Set<number | undefined>();
  // Asked at once: peerOf holds until the next connection is accepted.
  const front = createServer({ noDelay: true }, (socket) => {
    const uid = peerOf(socket);
    if (isOwn(uid)) return injector.injectConnection(socket);
    socket.resetAndDestroy();
    if (!refused.has(uid)) process.stderr.write(`sandstack: refused a caller: ${describe(uid)}\n`);
    refused.add(uid);
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  const close = () => {
    front.close();
    server.forceShutdown();
  };
  return { port: (front.address() as AddressInfo).port, close };
}

function describe(uid: number | undefined): string {
  return uid === undefined ? "it can't be told who it is" : `it is user ${uid}`;
}
