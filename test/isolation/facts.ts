import { execFileSync, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { basename, join } from "node:path";
import { stateDir, statePath } from "../../src/model/state-dir";
import { compileProbe } from "../support/probe";

/** What stands on the host for the probes to reach; the canary's text is the proof that one of them did. */
export interface Facts {
  canaryText: string;
  canaryPath: string;
  /** The canary's file handle, as the probe takes it. */
  canaryHandle: string;
  /** The name of a directory of the host, which must not be seen inside. */
  hostName: string;
  /** A process of uid 1000 with the text in environment and memory, and its address there. */
  sentinelPid: number;
  sentinelAddress: string;
  /** The number of a loop device with the text on it. */
  loopMinor: number;
  shmKey: number;
  abstractName: string;
  /** A service's socket in the file system, such as an engine's. */
  socketPath: string;
  tcpPort: number;
  udpPort: number;
  /** Files by which root of a machine has the kernel run programs; those that this machine has. */
  levers: string[];
}

export const probeSource = (name: string) => join(__dirname, "probes", `${name}.c`);

/** Sets all of it up. The second part of the answer takes it down again. */
export async function plantFacts(): Promise<[Facts, () => Promise<void>]> {
  const undo: (() => unknown)[] = [];
  const canaryText = `canary-${randomBytes(8).toString("hex")}`;
  const folder = statePath("isolation");
  mkdirSync(folder);
  undo.push(() => rmSync(folder, { recursive: true }));
  const canaryPath = join(folder, "canary");
  writeFileSync(canaryPath, `${canaryText}\n`);
  const shmKey = randomInt(1, 2 ** 30);
  const facts = {
    canaryText,
    canaryPath,
    canaryHandle: execFileSync(compileProbe(probeSource("file-handle")), ["print", canaryPath], {
      encoding: "utf8",
    }).trim(),
    hostName: basename(stateDir()),
    shmKey,
    ...(await plantSentinel(canaryText, shmKey, undo)),
    loopMinor: plantLoopDevice(join(folder, "disk"), canaryText, undo),
    ...(await plantServers(canaryText, folder, undo)),
    levers: findLevers(),
  };
  return [
    facts,
    async () => {
      for (const step of undo.reverse()) await step();
    },
  ];
}

async function plantSentinel(secret: string, shmKey: number, undo: (() => unknown)[]) {
  const child = spawn(compileProbe(probeSource("sentinel")), [secret, String(shmKey)], {
    env: { SECRET: secret },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  undo.push(() => (child.stdin.end(), gone));
  const address = await new Promise<string>((resolve) => child.stdout.once("data", (line) => resolve(String(line))));
  return { sentinelPid: child.pid as number, sentinelAddress: address.trim() };
}

function plantLoopDevice(file: string, text: string, undo: (() => unknown)[]): number {
  writeFileSync(file, `${text}\n`);
  truncateSync(file, 1 << 20);
  const device = execFileSync("losetup", ["--find", "--show", file], { encoding: "utf8" }).trim();
  undo.push(() => execFileSync("losetup", ["--detach", device]));
  return Number(device.replace("/dev/loop", ""));
}

async function plantServers(text: string, folder: string, undo: (() => unknown)[]) {
  const abstractName = `sandstack-${text}`;
  const listen = (where: object) =>
    new Promise<AddressInfo>((resolve) => {
      const server = createServer(
        (socket) =>
          void socket
            .on("error", () => {})
            .resume()
            .end(`${text}\n`),
      );
      server.listen(where, () => resolve(server.address() as AddressInfo));
      undo.push(() => new Promise((closed) => server.close(closed)));
    });
  await listen({ path: `\0${abstractName}` });
  const socketPath = join(folder, "docker.sock");
  await listen({ path: socketPath });
  const { port: tcpPort } = await listen({ host: "127.0.0.1", port: 0 });
  const udp = createSocket("udp4", (_, from) => udp.send(`${text}\n`, from.port, from.address));
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  undo.push(() => new Promise<void>((closed) => udp.close(closed)));
  return { abstractName, socketPath, tcpPort, udpPort: udp.address().port };
}

function findLevers(): string[] {
  const hierarchies = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , type]) => type === "cgroup")
    .map(([, point]) => `${point}/release_agent`);
  const known = ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sysrq-trigger"];
  return [...known, "/sys/kernel/uevent_helper", ...hierarchies].filter((path) => existsSync(path));
}
