import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { machineSources, machineSuite } from "../../src/images/debian/machine";

/** What a mirror answers for a path below its archive: bytes, `undefined` for 404, or whatever it does to the response. */
type Body = Buffer | undefined | ((response: ServerResponse) => void);
export type Answer = (path: string, real: () => Promise<Buffer | undefined>) => Promise<Body>;

/** A mirror on loopback that may lie about the archive that this machine itself uses. */
export async function startMirror(answer: Answer): Promise<{ address: string; asked: string[] } & AsyncDisposable> {
  const folder = mkdtempSync("/var/tmp/sandstack-mirror-");
  const asked: string[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? "").replace(/^\/debian\//, "");
    asked.push(path);
    const body = await answer(path, () => fetchReal(path, join(folder, String(asked.length))));
    if (typeof body === "function") return body(response);
    response.writeHead(body ? 200 : 404).end(body);
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** Through apt, so by whatever way this machine reaches its archive. */
function fetchReal(path: string, file: string): Promise<Buffer | undefined> {
  const archive = machineSources().find(({ suite }) => suite === machineSuite())?.uri;
  const options = ["-o", "APT::Sandbox::User=root", "download-file", `${archive}/${path}`, file];
  return new Promise((resolve) => {
    execFile("/usr/lib/apt/apt-helper", options, (error) => resolve(error ? undefined : readFileSync(file)));
  });
}
