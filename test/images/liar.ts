import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a registry answers in place of the real one: a body, a place to go to, or `undefined` for the real answer. */
export type Lie = (
  path: string,
  real: Buffer,
) =>
  | {
      body?: Buffer | string;
      type?: string;
      goTo?: string;
      cut?: boolean;
      status?: number;
      instead?: (response: ServerResponse) => void;
    }
  | undefined;

/** A registry on loopback that hands on what a real one says, but where it lies. */
export async function startLiar(
  real: string,
  lie: Lie,
): Promise<{ address: string; asked: string[] } & AsyncDisposable> {
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    const path = incoming.url ?? "";
    asked.push(path);
    void ask(real, incoming).then(({ answer, body }) => give(response, answer, body, lie(path, body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function ask(
  real: string,
  { method, url, headers }: IncomingMessage,
): Promise<{ answer: IncomingMessage; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const asked = request(`http://${real}${url}`, { method, headers: { ...headers, host: real } }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on("data", (piece: Buffer) => pieces.push(piece));
      answer.on("end", () => resolve({ answer, body: Buffer.concat(pieces) }));
    });
    asked.on("error", reject).end();
  });
}

function give(response: ServerResponse, answer: IncomingMessage, body: Buffer, lie: ReturnType<Lie>): void {
  if (lie?.instead) return lie.instead(response);
  if (lie?.goTo !== undefined) {
    response.writeHead(307, { location: lie.goTo }).end();
    return;
  }
  const said = Buffer.from(lie?.body ?? body);
  const headers = { ...answer.headers, ...(lie?.type ? { "content-type": lie.type } : {}) };
  response.writeHead(lie?.status ?? answer.statusCode ?? 500, { ...headers, "content-length": said.length });
  if (!lie?.cut) response.end(said);
  else response.write(said.subarray(0, said.length / 2), () => response.destroy());
}
