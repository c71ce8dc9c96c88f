import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Duplex } from "node:stream";
import { afterAll, afterEach, beforeAll } from "vitest";
import { DockerEngine } from "../support/docker/engine";
import { RawClient } from "./client";

const GUEST = resolve(process.env["SANDSTACK_GUEST_BINARY"] ?? `guest/bin/linux-${process.arch}/sandstack-guest`);
const BUILT = resolve("guest/build/test");
const TOOLS = "sh cat chmod env id ipcmk ls mkdir rm setsid sleep stat stty true tty".split(" ");

export const GUEST_UID = 65_000;
/** Like those that real sandboxes get. */
export const PAYLOAD_UID = 1_879_048_192 + 4711;
const CAPABILITIES = ["SETUID", "SETGID", "KILL", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETPCAP"];

export interface ContainerOptions {
  image?: string;
  env?: Record<string, string | number>;
  /** ms from now; none without. */
  deadline?: number;
  args?: readonly string[];
}

export interface EndRecord {
  how: string;
  exitCode: number | null;
  signal: number | null;
  task: boolean;
  outputDropped: number;
  outputBytes: number;
}

/** A container as those of the docker tier, by the `docker` client. */
export class DockerGuest {
  private readonly clients: RawClient[] = [];

  private constructor(
    private readonly engine: DockerEngine,
    readonly id: string,
  ) {}

  static async start(engine: DockerEngine, options: ContainerOptions = {}): Promise<DockerGuest> {
    const volume = (path: string): string => `--volume=${path}`;
    const id = await docker(engine, [
      "run",
      "--detach",
      "--user=0:0",
      "--workdir=/",
      "--read-only",
      "--cap-drop=ALL",
      ...CAPABILITIES.map((name) => `--cap-add=${name}`),
      "--security-opt=no-new-privileges",
      "--ulimit=core=0",
      "--ipc=private",
      "--network=none",
      "--tmpfs=/run:rw,nosuid,nodev,mode=755,size=16m",
      `${volume("guest")}:/.sandstack:ro`,
      ...["/home/agent", "/tmp", "/var/tmp"].map(volume),
      ...environment(options),
      ...(options.args ?? []),
      "--entrypoint=/.sandstack/sandstack-guest",
      options.image ?? "tools:1",
      "docker",
    ]);
    const guest = new DockerGuest(engine, id);
    started.add(guest);
    return guest;
  }

  /** Through the engine, as everyone can. */
  bridge(user = GUEST_UID): RawClient {
    const bridge = ["/.sandstack/sandstack-guest", "bridge"];
    const child = this.engine.client(["exec", "-i", `--user=${user}`, this.id, ...bridge]);
    return this.keep(RawClient.over(Duplex.from({ readable: child.stdout, writable: child.stdin })));
  }

  /** Through the root of its first process, as root on the engine's machine can. */
  async connect(): Promise<RawClient> {
    for (const until = Date.now() + 5_000; ;) {
      try {
        return this.keep(await RawClient.connect(`/proc/${await this.pid()}/root/run/sandstack/s`));
      } catch (error) {
        if (Date.now() > until) throw new Error(`no way in: ${await this.logs()}`, { cause: error });
        await new Promise((wake) => setTimeout(wake, 10));
      }
    }
  }

  private keep(client: RawClient): RawClient {
    this.clients.push(client);
    return client;
  }

  /** On this machine. */
  async pid(): Promise<number> {
    return Number(await this.inspect("{{.State.Pid}}"));
  }

  async inspect(format: string): Promise<string> {
    return docker(this.engine, ["inspect", `--format=${format}`, this.id]);
  }

  /** Runs a program of the image in it as somebody who comes from outside. */
  async exec(args: readonly string[], user = "0"): Promise<string> {
    return docker(this.engine, ["exec", `--user=${user}`, this.id, ...args]);
  }

  async docker(...args: string[]): Promise<string> {
    return docker(this.engine, [...args, this.id]);
  }

  async logs(): Promise<string> {
    const { stdout, stderr } = await this.engine.docker(["logs", this.id]);
    return stdout + stderr;
  }

  /** Waits for its end, and reads what it left in the engine's log. */
  async ended(): Promise<EndRecord & { status: string; output: Buffer }> {
    const status = await this.docker("wait");
    const [line = "", ...rest] = (await this.logs()).split("\n");
    return { ...(JSON.parse(line) as EndRecord), status, output: Buffer.from(rest.join("\n"), "base64") };
  }

  async remove(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.engine.docker(["rm", "--force", "--volumes", this.id]);
  }
}

function environment(options: ContainerOptions): string[] {
  const values: Record<string, string | number> = {
    SANDSTACK_ID: "sbx-test",
    SANDSTACK_USER: "agent",
    SANDSTACK_UID: PAYLOAD_UID,
    SANDSTACK_HOME: "/home/agent",
    SANDSTACK_STARTED: Date.now(),
    SANDSTACK_DEADLINE: options.deadline === undefined ? 0 : Date.now() + options.deadline,
    // One that is built to be watched cannot look for leaks here.
    ...(process.env["SANDSTACK_GUEST_BINARY"] === undefined ? {} : { ASAN_OPTIONS: "detect_leaks=0" }),
    ...options.env,
  };
  return Object.entries(values).map(([name, value]) => `--env=${name}=${value}`);
}

async function docker(engine: DockerEngine, args: readonly string[], input?: Buffer): Promise<string> {
  const { code, stdout, stderr } = await engine.docker(args, input);
  if (code !== 0) throw new Error(`docker ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

const started = new Set<DockerGuest>();

/** One engine for a file, with the guest in a volume and the images `tools:1` and `bare:1`. */
export function useEngine(): () => DockerEngine {
  let engine: DockerEngine;
  beforeAll(async () => {
    execFileSync("make", ["-s", "-C", "guest", "probes"]);
    engine = await DockerEngine.start();
    await importImage(engine, "tools:1", makeTools);
    await importImage(engine, "bare:1", makeBare);
    await docker(engine, ["create", "--name=filler", "--volume=guest:/.sandstack", "tools:1", "/bin/true"]);
    await docker(engine, ["cp", GUEST, "filler:/.sandstack/sandstack-guest"]);
    await docker(engine, ["rm", "filler"]);
  });
  afterEach(async () => {
    for (const guest of started) await guest.remove();
    started.clear();
  });
  afterAll(() => engine[Symbol.asyncDispose]());
  return () => engine;
}

async function importImage(engine: DockerEngine, name: string, make: (root: string) => void): Promise<void> {
  const root = mkdtempSync("/var/tmp/sandstack-image-");
  chmodSync(root, 0o755);
  try {
    make(root);
    const archive = execFileSync("tar", ["-c", "-C", root, "."], { maxBuffer: 2 ** 30 });
    await docker(engine, ["import", "--change=ENV GREETING=hello", "--change=ENV PLACE=here", "-", name], archive);
  } finally {
    rmSync(root, { recursive: true });
  }
}

function copy(root: string, path: string, to = path): void {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  copyFileSync(path, join(root, to));
}

/** What a program is linked with; nothing for a static one. */
function libraries(program: string): string[] {
  try {
    return execFileSync("ldd", [program], { encoding: "utf8", stdio: "pipe" }).match(/\/\S+/g) ?? [];
  } catch {
    return [];
  }
}

/** The guest's own libraries are there where it is built to be watched (sanitizers). */
function makeTools(root: string): void {
  const paths = TOOLS.map((tool) => `/usr/bin/${tool}`);
  for (const path of [...new Set([...paths, ...[...paths, GUEST].flatMap(libraries)])]) copy(root, path);
  symlinkSync("usr/bin", join(root, "bin"));
  // As an image might bring them along: root's, with a link that leads elsewhere.
  mkdirSync(join(root, "home/agent/of-root/deep"), { recursive: true });
  writeFileSync(join(root, "home/agent/of-root/deep/file"), "in the image\n");
  symlinkSync("/of-image", join(root, "home/agent/link"));
  makeBare(root);
}

function makeBare(root: string): void {
  for (const name of ["busy", "denied", "identity", "intruder"]) copy(root, join(BUILT, name), `/probes/${name}`);
  for (const library of libraries(GUEST)) copy(root, library);
  writeFileSync(join(root, "of-image"), "image\n");
}
