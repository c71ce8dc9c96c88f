import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { engineService, serveEngine } from "../../src/engine/provider/engine-service";
import { startPlugin } from "../../src/engine/provider/plugin";
import { own } from "../../src/sdk/own";
import { makerOf } from "../tiers/making";

// Tests who gets an answer on the loopback from the provider that the Pulumi CLI starts, and from the engine; and whom
// the engine itself speaks to. Each has a control: the same program as this user.

const OTHER = 65_534;
const ME = process.getuid?.() ?? 0;
const PROGRAM = join(__dirname, "other-user.py");

const ended: (() => void)[] = [];
afterEach(() => ended.splice(0).forEach((end) => end()));

async function plugin(): Promise<number> {
  const child = spawn("plugin/pulumi-resource-sandstack", [], { stdio: ["pipe", "pipe", "ignore"] });
  ended.push(() => child.kill("SIGKILL"));
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return Number(line);
}

async function engine() {
  const heard: string[] = [];
  const served = await serveEngine(engineService({ log: (_, message) => void heard.push(message) }));
  ended.push(() => served.close());
  return { heard, port: Number(served.address.split(":")[1]) };
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
const HELLO = Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(4, 0, 0, Buffer.alloc(0))]);

/** All that a caller sends who wants the engine to log something, in one piece. */
function logCall(message: string): Buffer {
  const header = (start: number[], ...values: string[]) => Buffer.concat([Buffer.from(start), ...values.map(text)]);
  const headers = [
    header([0x83, 0x86]),
    header([0x04], "/pulumirpc.Engine/Log"),
    header([0x01], "localhost"),
    header([0x0f, 0x10], "application/grpc"),
    header([0x00], "te", "trailers"),
  ];
  const request = new (own("engine").LogRequest)().setSeverity(1).setMessage(message).serializeBinary();
  const length = Buffer.from([0, 0, 0, 0, request.length]);
  return Buffer.concat([
    HELLO,
    frame(1, 4, 1, Buffer.concat(headers)),
    frame(0, 1, 1, Buffer.concat([length, request])),
  ]);
}

/** Runs another program as a user, which sends something. Gives what it gets. */
async function call(uid: number, what: "ask" | "run", address: string, port: number, input: Buffer): Promise<string> {
  const child = spawn("python3", [PROGRAM, String(uid), what, address, String(port)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(input);
  let said = "";
  child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
  await once(child, "close");
  return said.trim();
}

/** The first frame of an HTTP/2 server: its settings. */
const ANSWER = /^0000..04/;

describe.each([
  ["provider", plugin],
  ["engine", async () => (await engine()).port],
])("the %s", (_what, start) => {
  it.each(["127.0.0.1", "::ffff:127.0.0.1"])("answers its own user on %s, and nobody else", async (address) => {
    const port = await start();
    expect(await call(ME, "ask", address, port, HELLO)).toMatch(ANSWER);
    expect(await call(OTHER, "ask", address, port, HELLO)).toBe("Connection reset by peer");
    expect(await call(ME, "ask", address, port, HELLO)).toMatch(ANSWER);
  });

  it("gives a chroot sandbox on the machine's network no answer", async () => {
    const port = await start();
    const program = `exec 3<>/dev/tcp/127.0.0.1/${port}; printf 'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\\0\\0\\0\\4\\0\\0\\0\\0\\0' >&3; timeout 5 head -c 9 <&3 | wc -c`;
    expect((await promisify(execFile)("bash", ["-c", program])).stdout).toBe("9\n");
    const { sandbox } = await make({ network: "host" });
    const { stdout } = await sandbox.commands.run(["bash", "-c", program], { reject: false });
    expect(stdout).toBe("0\n");
  });
});

const make = makerOf("chroot");

it("what a caller of another user has sent is not heard when it has gone before it was looked at", async () => {
  const { heard, port } = await engine();
  await call(ME, "ask", "127.0.0.1", port, logCall("mine"));
  expect(heard).toEqual(["mine"]);
  await call(OTHER, "run", "127.0.0.1", port, logCall("not mine"));
  await call(ME, "ask", "127.0.0.1", port, logCall("mine again"));
  await expect.poll(() => heard).toEqual(["mine", "mine again"]);
}, 60_000);

/** A listener of another user's. */
async function listener(uid: number, port = 0) {
  const child = spawn("python3", [PROGRAM, String(uid), "listen", "127.0.0.1", String(port)]);
  ended.push(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  const reader = createInterface(child.stdout).on("line", (line) => lines.push(line));
  await once(reader, "line");
  const got = () => lines.slice(1).map((line) => Buffer.from(line, "hex").toString("latin1"));
  return { port: Number(lines[0]), got: () => got().join("") };
}

/** Starts a plugin that is a script of Node's. */
function start(script: string, said: string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), "sandstack-plugin-"));
  ended.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "pulumi-resource-liar");
  writeFileSync(file, `#!${process.execPath}\n${script}`);
  chmodSync(file, 0o755);
  return startPlugin(file, "127.0.0.1:1", folder, (line) => said.push(line));
}

describe("the engine", () => {
  /** A plugin that says to be at a port. */
  const lives = (port: number) => `console.log(${port}); setInterval(() => {}, 1000);`;

  it("asks nothing of another user who listens where a plugin has said to be", async () => {
    const own = await listener(ME);
    await expect(start(lives(own.port))).rejects.toMatchObject({ code: "PROVIDER_FAILED" });
    expect(own.got()).toContain("sandstack-plugin-");
    const other = await listener(OTHER);
    await expect(start(lives(other.port))).rejects.toMatchObject({
      code: "PROVIDER_FAILED",
      message: expect.stringContaining(`127.0.0.1:${other.port} is user ${OTHER}'s`) as string,
    });
    expect(other.got()).toBe("");
  });

  it("does not follow a plugin's port to who takes it when the plugin has died", async () => {
    const said: string[] = [];
    const script = `
      const { serve } = require(${JSON.stringify(join(__dirname, "../../dist/src/provider/serve.js"))});
      const write = process.stdout.write.bind(process.stdout);
      process.stdout.write = (port) => {
        console.error(process.pid + " at " + port);
        return write(port);
      };
      serve(undefined, "1.0.0");`;
    const transport = await start(script, said);
    ended.push(() => transport.close());
    const info = () => transport.call<{ getVersion(): string }>("getPluginInfo", new (own("empty").Empty)());
    expect((await info()).getVersion()).toBe("1.0.0");
    const [pid = 0, port = 0] = said.join(" ").split(" at ").map(Number);
    process.kill(pid, "SIGKILL");
    const other = await listener(OTHER, port);
    for (let calls = 0; calls < 5; calls += 1) await expect(info()).rejects.toMatchObject({ code: 14 });
    expect(other.got()).toBe("");
  });
});
