import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { basename, join } from "node:path";
import { sleep } from "../until";
import { makeCertificates } from "./certificates";
import { holdPlace, type Place, SYSTEM_ENV } from "./place";

/** How an engine that a test starts differs from the usual one. */
export interface EngineOptions {
  /** More arguments of dockerd, such as `--live-restore`. */
  args?: readonly string[];
  /** It is reached over the network too, by who has a certificate of it. */
  tls?: boolean;
}

export interface DockerEnd {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** dockerd compiles nothing and asks nobody, but starts containerd and makes its bridge. */
const START_MS = 30_000;

/**
 * A Docker engine of the tests' own: the machine's `dockerd` with a data root, a socket, a containerd, a network and
 * cgroups of its own, which is all gone when it is disposed of, or when this process dies, whatever runs in it then.
 *
 * @example
 * await using engine = await DockerEngine.start();
 * await engine.docker(["load"], archive);
 * expect(await engine.docker(["run", "--rm", "hello"])).toMatchObject({ code: 0, stdout: "hello\n" });
 */
export class DockerEngine {
  private daemon: ChildProcess | undefined;

  private constructor(
    private readonly place: Place,
    private readonly options: EngineOptions,
  ) {}

  static async start(options: EngineOptions = {}): Promise<DockerEngine> {
    const place = await holdPlace(mkdtempSync("/var/tmp/sandstack-docker-"));
    const engine = new DockerEngine(place, options);
    try {
      mkdirSync(join(place.folder, "client"));
      if (options.tls) makeCertificates(join(place.folder, "tls"), place.address);
      await engine.startDaemon();
      return engine;
    } catch (error) {
      await place.leave();
      throw error;
    }
  }

  /** Its API, reachable from this machine. */
  get socket(): string {
    return join(this.place.folder, "docker.sock");
  }

  /** What reaches it over the network, in the environment of a client; of one with `tls`. */
  get remote(): { DOCKER_HOST: string; DOCKER_TLS_VERIFY: string; DOCKER_CERT_PATH: string } {
    const folder = join(this.place.folder, "tls");
    return { DOCKER_HOST: `tcp://${this.address}:2376`, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
  }

  /** This machine as the engine (and, through it, a container on its bridge) sees it. */
  get machineAddress(): string {
    return this.place.machineAddress;
  }

  /** The engine as this machine sees it. */
  get address(): string {
    return this.place.address;
  }

  /** Everything that dockerd has written. */
  get log(): string {
    return readFileSync(join(this.place.folder, "dockerd.log"), "utf8");
  }

  /** Starts a `docker` command against this engine. */
  client(args: readonly string[]): ChildProcessWithoutNullStreams {
    return spawn("docker", ["--host", `unix://${this.socket}`, ...args], {
      env: { PATH: process.env["PATH"], DOCKER_CONFIG: join(this.place.folder, "client") },
    });
  }

  /** Starts a program beside dockerd: one of the engine's machine, with its network, its /run and its mounts. */
  beside(args: readonly string[]): ChildProcessWithoutNullStreams {
    return spawn("nsenter", [...this.place.enter, ...args], { env: SYSTEM_ENV });
  }

  /** Runs a `docker` command against this engine. Its client's settings and logins are the tests' own, too. */
  async docker(args: readonly string[], input: string | Buffer = ""): Promise<DockerEnd> {
    const client = this.client(args);
    client.stdin.on("error", () => {});
    client.stdin.end(input);
    const output = { stdout: "", stderr: "" };
    client.stdout.on("data", (data: Buffer) => (output.stdout += data.toString("latin1")));
    client.stderr.on("data", (data: Buffer) => (output.stderr += data.toString("latin1")));
    return new Promise((resolve, reject) => {
      client.on("error", reject);
      client.on("close", (code) => resolve({ code, ...output }));
    });
  }

  /** SIGKILL to dockerd alone: its containerd dies with it, its containers run on. */
  async kill(): Promise<void> {
    const daemon = this.daemon as ChildProcess;
    const gone = new Promise((resolve) => daemon.once("exit", resolve));
    daemon.kill("SIGKILL");
    await gone;
    // Dead with it, but where init is slow to reap the next dockerd would take it for one that runs.
    spawnSync("nsenter", [...this.place.enter, "rm", "-f", "/run/docker/containerd/containerd.pid"], {
      env: SYSTEM_ENV,
    });
  }

  /** Starts dockerd where it was, after `kill`. */
  async startDaemon(): Promise<void> {
    const log = openSync(join(this.place.folder, "dockerd.log"), "a");
    this.daemon = spawn("nsenter", [...this.place.enter, "dockerd", ...this.daemonArgs()], {
      stdio: ["ignore", log, log],
      env: SYSTEM_ENV,
    });
    closeSync(log);
    const until = Date.now() + START_MS;
    while (!(await answers(this.socket))) {
      const died = this.daemon.exitCode !== null || this.daemon.signalCode !== null;
      if (died || Date.now() > until) {
        throw new Error(
          `dockerd ${died ? "ended" : "does not answer"}:\n${this.log.split("\n").slice(-15).join("\n")}`,
        );
      }
      await sleep(50);
    }
  }

  /** Ends the engine and all that runs in it, at once, and removes what it has made. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.place.leave();
  }

  private daemonArgs(): string[] {
    const { folder, cgroup, machineAddress } = this.place;
    return [
      `--data-root=${join(folder, "data")}`,
      `--host=unix://${this.socket}`,
      ...(this.options.tls ? remoteArgs(join(folder, "tls")) : []),
      // The rest of what dockerd makes outside its data root is in /run and /etc/docker, which are its own.
      "--pidfile=/run/docker.pid",
      "--exec-opt=native.cgroupdriver=cgroupfs",
      `--cgroup-parent=/${basename(cgroup)}`,
      // A test's registry on this machine speaks plain HTTP.
      `--insecure-registry=${machineAddress}/32`,
      ...(this.options.args ?? []),
    ];
  }
}

/** Beside the port it has a socket where engines have theirs, in its own /run. */
function remoteArgs(tls: string): string[] {
  return [
    ...["--host=unix:///var/run/docker.sock", "--host=tcp://0.0.0.0:2376", "--tlsverify"],
    ...[`--tlscacert=${tls}/ca.pem`, `--tlscert=${tls}/server.pem`, `--tlskey=${tls}/server-key.pem`],
  ];
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: "/_ping" }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on("error", () => resolve(false));
    asked.end();
  });
}
