import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { HostConfig, NetworkCreateOptions } from "dockerode";
import { expect } from "vitest";
import { exportImage } from "../../src/images";
import { HARDENED } from "../../src/tiers/docker/container";
import { engineAt, type Engine } from "../../src/tiers/docker/engine";
import { ensureImage } from "../../src/tiers/docker/image";
import { defaultTestImage } from "../support/default-image";
import type { DockerEngine } from "../support/docker/engine";
import { until } from "../support/until";

/** Where the engine's machine serves on all of its addresses, and a container on its own. */
export const SERVED = 4711;
export const METADATA = "169.254.169.254";

/** Serves TCP at two ports, and answers every question of DNS on its own loopback. */
const SERVICES = `
  const { createServer } = require("node:net");
  const resolver = require("node:dgram").createSocket("udp4");
  resolver.on("message", (question, { port, address }) => {
    const header = Buffer.from([question[0], question[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 192, 0, 2, 1]);
    const asked = question.subarray(12, question.indexOf(0, 12) + 5);
    resolver.send(Buffer.concat([header, asked, record]), port, address);
  });
  const serve = (port) => new Promise((then) => createServer((s) => s.on("error", () => {}).end()).listen(port, then));
  Promise.all([serve(${SERVED}), serve(80), new Promise((then) => resolver.bind(53, "127.0.0.1", then))])
    .then(() => console.log("serving"));
`;

/**
 * Makes the engine's machine one that has something to protect: services, a cloud's metadata, and a resolver of its own, as
 * most machines have one on their loopback. It all ends with the engine.
 */
export async function withServices(engine: DockerEngine, folder: string): Promise<void> {
  writeFileSync(`${folder}/resolv.conf`, "nameserver 127.0.0.1\n");
  await ran(engine, ["ip", "address", "add", `${METADATA}/32`, "dev", "lo"]);
  await ran(engine, ["mount", "--bind", `${folder}/resolv.conf`, "/etc/resolv.conf"]);
  const services = engine.beside([process.execPath, "-e", SERVICES]);
  const [said] = (await Promise.race([once(services.stdout, "data"), once(services.stderr, "data")])) as [Buffer];
  expect(said.toString()).toBe("serving\n");
}

/** What comes to the engine's machine by UDP, from now on. */
export async function hear(engine: DockerEngine): Promise<string[]> {
  const listener = engine.beside([
    process.execPath,
    "-e",
    `const socket = require("node:dgram").createSocket("udp4");
     socket.on("message", (message) => console.log(message.toString()));
     socket.bind(${SERVED}, "0.0.0.0", () => console.log("listening"));`,
  ]);
  const heard: string[] = [];
  createInterface({ input: listener.stdout }).on("line", (line) => heard.push(line));
  await until("it listens", 5_000, () => heard.shift());
  return heard;
}

/** What a program beside the engine says. */
export async function ran(engine: DockerEngine, args: readonly string[]): Promise<string> {
  const program = engine.beside(args);
  let out = "";
  program.stdout.on("data", (data: Buffer) => (out += data.toString()));
  program.stderr.on("data", (data: Buffer) => (out += data.toString()));
  const [code] = (await once(program, "close")) as [number];
  if (code !== 0) throw new Error(`${args.join(" ")}: ${out}`);
  return out;
}

/** A container's program: it serves, so that another one finds somebody. */
const SERVER = `
import socket
server = socket.create_server(("", ${SERVED}))
while True:
    server.accept()[0].close()
`;

/** Answers questions that were sent to all, by the interface that they came from, as some servers do. */
const TO_ALL = `
import socket, struct
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.setsockopt(socket.IPPROTO_IP, 8, 1)
server.bind(("255.255.255.255", 53))
print("serving", flush=True)
while True:
    asked, told, _, whom = server.recvmsg(1500, 256)
    back = struct.pack("i8x", struct.unpack_from("i", told[0][2])[0])
    server.sendmsg([asked[:2] + bytes([129, 130]) + asked[4:]], [(socket.IPPROTO_IP, 8, back)], 0, whom)
`;

/** Says of each address and port how a connection ends. */
const REACH = `
import errno, socket, sys
for to in sys.argv[1:]:
    host, port = to.rsplit(" ", 1)
    try:
        socket.create_connection((host, int(port)), 1.5).close()
        print("connected")
    except socket.timeout:
        print("silent")
    except OSError as error:
        print(errno.errorcode.get(error.errno, error))
`;

/** Says the response code and how many records the resolver of a container has for a name. */
const ASK = `
import socket, struct, sys
asked = b"".join(bytes([len(label)]) + label.encode() for label in sys.argv[1].split("."))
to = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
to.settimeout(1.5)
to.sendto(struct.pack(">6H", 7, 256, 1, 0, 0, 0) + asked + struct.pack(">BHH", 0, 1, 1), ("127.0.0.11", 53))
try:
    answer = to.recv(1500)
    print(answer[3] & 15, struct.unpack(">H", answer[6:8])[0])
except OSError:
    print("silent")
`;

const SEND = `
import socket, sys
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
out.sendto(sys.argv[2].encode(), (sys.argv[1], ${SERVED}))
`;

export interface Member {
  id: string;
  address: string;
  /** How connections from it end, each "ADDRESS PORT". */
  reach(...to: string[]): Promise<string[]>;
  ask(name: string): Promise<string>;
  /** By UDP. */
  send(address: string, message: string): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A hardened container that serves. @param host what else its HostConfig has: its network at least */
export function member(engine: DockerEngine, host: HostConfig & { NetworkMode: string }): Promise<Member> {
  return start(engine, SERVER, host);
}

/** One, or the engine's machine itself, that answers what is asked of all. */
export async function answerer(engine: DockerEngine, host: HostConfig & { NetworkMode: string }): Promise<Member> {
  const made = await start(engine, TO_ALL, { ...host, CapAdd: ["NET_BIND_SERVICE"] });
  await until("it serves", 5_000, async () => (await engine.docker(["logs", made.id])).stdout);
  return made;
}

async function start(
  engine: DockerEngine,
  program: string,
  host: HostConfig & { NetworkMode: string },
): Promise<Member> {
  const at = await ours(engine);
  const { digest } = await defaultTestImage();
  const container = await at.api.createContainer({
    Image: await ensureImage(at, digest, { exportImage }),
    Entrypoint: ["python3", "-c", program],
    User: "0:0",
    HostConfig: { ...HARDENED, ...host },
  });
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await engine.docker(["exec", container.id, "python3", "-c", ...args]);
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  return {
    id: container.id,
    address: NetworkSettings.Networks[host.NetworkMode]?.IPAddress ?? "",
    reach: async (...to) => (await run(REACH, ...to)).split("\n"),
    ask: (name) => run(ASK, name),
    send: (address, message) => run(SEND, address, message),
    [Symbol.asyncDispose]: () => container.remove({ force: true }),
  };
}

export interface TestNetwork {
  name: string;
  gateway: string;
  bridge: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function makeNetwork(engine: DockerEngine, options: NetworkCreateOptions): Promise<TestNetwork> {
  const { api } = await ours(engine);
  const network = await api.createNetwork(options);
  const { Id, IPAM } = (await network.inspect()) as { Id: string; IPAM: { Config: { Gateway: string }[] } };
  return {
    name: options.Name,
    gateway: IPAM.Config[0]?.Gateway ?? "",
    bridge: `br-${Id.slice(0, 12)}`,
    [Symbol.asyncDispose]: () => network.remove() as Promise<void>,
  };
}

export function ours(engine: DockerEngine): Promise<Engine> {
  return engineAt(`unix://${engine.socket}`);
}
