import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { leakCheckEachTest } from "../support/leak-check";
import { sandstack, start } from "../cli/cli";

// Engines that take a connection and then say nothing, or half of what they should. Not proven: one that falls silent later,
// in the middle of making a sandbox; how long each other question may take (src/tiers/docker/bounded.ts).

leakCheckEachTest();

const HALF = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{"Version":"28.';

/** A real socket whose other side never gives a whole answer. */
class SilentEngine implements Disposable {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(
    says: string,
    readonly folder: string | undefined,
  ) {
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on("error", () => {});
      socket.once("data", () => socket.write(says));
    });
  }

  static async start(kind: "unix" | "tcp", says: string): Promise<SilentEngine> {
    const engine = new SilentEngine(says, kind === "unix" ? mkdtempSync(join(tmpdir(), "silent-")) : undefined);
    if (engine.folder === undefined) engine.server.listen(0, "127.0.0.1");
    else engine.server.listen(join(engine.folder, "s"));
    await once(engine.server, "listening");
    return engine;
  }

  get host(): string {
    if (this.folder !== undefined) return `unix://${this.folder}/s`;
    return `tcp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, DOCKER_HOST: this.host };
  }

  /** Once somebody has asked it something. */
  async asked(): Promise<void> {
    if (this.sockets.size === 0) await once(this.server, "connection");
  }

  [Symbol.dispose](): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true });
  }
}

const RUN = ["run", "--tier", "docker", "--", "true"];
const HINT =
  "Restart it (`sudo systemctl restart docker`), or say where another is: docker.host, or DOCKER_HOST in the environment.";

describe.each([
  ["a socket of this machine that is silent", "unix", ""],
  ["a port that is silent", "tcp", ""],
  ["one that gives half an answer", "unix", HALF],
] as const)("%s", (_, kind, says) => {
  test("run and doctor say which engine does not answer, and doctor looks at the rest", async () => {
    using engine = await SilentEngine.start(kind, says);
    const why = `docker.host: the engine at ${engine.host} takes connections and does not answer (looking at it).`;
    const [run, doctor] = await Promise.all(
      [RUN, ["doctor"]].map((args) => sandstack(args, { env: { DOCKER_HOST: engine.host } })),
    );
    expect(run).toMatchObject({ code: 1, stdout: "", stderr: `sandstack: ${why}\n${HINT}\n` });
    expect(doctor?.stdout).toContain(`  docker  not ready\n    needs a Docker engine: ${why}\n      ${HINT}\n`);
    expect(doctor?.stdout).toContain("Images\n");
  });
});

test("one SIGTERM or Ctrl-C ends whoever waits for it, before the engine's time is over", async () => {
  using engine = await SilentEngine.start("unix", "");
  let over = false;
  const left = sandstack(RUN, { env: { DOCKER_HOST: engine.host } }).then((end) => ((over = true), end));
  const ends = (
    [
      [RUN, "SIGTERM"],
      [["create", "--tier", "docker"], "SIGINT"],
      [["doctor"], "SIGTERM"],
    ] as const
  ).map(async ([args, signal]) => {
    using own = await SilentEngine.start("unix", "");
    const { child, ended } = start(args, { env: own.env });
    await own.asked();
    child.kill(signal);
    return { ...(await ended), over };
  });
  const quiet = { stdout: "", stderr: "", over: false };
  expect(await Promise.all(ends)).toMatchObject([143, 130, 143].map((code) => ({ code, ...quiet })));
  expect((await left).code).toBe(1);
});
