import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { formatConnection } from "../../src/model/connection";
import { statePath } from "../../src/model/state-dir";
import { LOCAL_TIERS } from "../../src/model/tier";
import { leakCheckEachTest } from "../support/leak-check";
import { sleep, until } from "../support/until";

const BUILT = resolve("dist/runtime/index.js");
leakCheckEachTest();

describe.each(LOCAL_TIERS)("a sandbox on %s", (tier) => {
  it("is made, found by id, name and connection, listed, and ended once", async () => {
    const name = `found-${tier}`;
    const sandbox = await Sandbox.create({ tier, name, ttl: "2m" });
    expect(sandbox.sandboxId).toMatch(/^sbx-[a-z0-9]{12}$/);
    const connection = formatConnection(sandbox.connection);
    for (const target of [sandbox.sandboxId, name, connection, sandbox.connection]) {
      const again = await Sandbox.connect(target);
      expect(again.sandboxId).toBe(sandbox.sandboxId);
      expect((await again.commands.run(["echo", "here"])).stdout).toBe("here\n");
      again.disconnect();
    }
    expect(await Sandbox.list()).toContainEqual(expect.objectContaining({ sandboxId: sandbox.sandboxId, name, tier }));
    expect(await sandbox.isRunning()).toBe(true);
    expect(await sandbox.kill()).toBe(true);
    expect(await sandbox.kill()).toBe(false);
    expect(await sandbox.isRunning()).toBe(false);
    expect((await Sandbox.list()).map(({ sandboxId }) => sandboxId)).not.toContain(sandbox.sandboxId);
    for (const target of [sandbox.sandboxId, name, connection])
      await expect(Sandbox.connect(target)).rejects.toMatchObject({ code: "ENDED", message: /ended at 20.*killed/ });
    await expect(sandbox.commands.run("true")).rejects.toMatchObject({ code: "ENDED" });
  });

  it("tells what it is and what it uses", async () => {
    await using sandbox = await Sandbox.create({
      tier,
      ttl: "1m",
      limits: { memory: "256MiB", processes: 64, cpus: 1 },
    });
    const info = await sandbox.getInfo();
    expect(info).toMatchObject({ sandboxId: sandbox.sandboxId, tier, state: "running", user: "agent" });
    expect(info.limits).toEqual({ cpus: 1, memory: 256 << 20, processes: 64, disk: undefined });
    expect(info.endAt.getTime() - info.startedAt.getTime()).toBe(60_000);
    await sandbox.commands.run("i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done");
    const [metrics] = await sandbox.getMetrics();
    expect(metrics).toMatchObject({ cpuCount: 1, memTotal: 256 << 20, processesLimit: 64, processes: 0 });
    expect(metrics?.cpuUsedPct).toBeGreaterThan(1);
    expect(metrics?.memUsed).toBeGreaterThan(0);
    await sandbox.commands.run(["sleep", "30"], { background: true });
    await sleep(1_000);
    const [later] = await sandbox.getMetrics();
    expect(later?.processes).toBe(1);
    // Most of this second it slept. All that it has ever used, in that second, would be far more.
    expect(later?.cpuUsedPct).toBeLessThan(10);
  });

  it("moves its deadline for all that keep it, and ends at it by itself", async () => {
    const sandbox = await Sandbox.create({ tier, ttl: "1h" });
    const running = sandbox.commands.run(["sleep", "60"]);
    const ended = running.catch((error: { code: string }) => error.code);
    await sandbox.setTimeout(2_000);
    const deadline = Number(readFileSync(statePath("sandboxes", sandbox.sandboxId, "deadline"), "utf8"));
    expect(Math.abs(deadline - Date.now() - 2_000)).toBeLessThan(1_000);
    expect((await sandbox.getInfo()).endAt.getTime()).toBe(deadline);
    expect(await ended).toBe("ENDED");
    expect(Date.now()).toBeGreaterThanOrEqual(deadline - 20);
    expect(await sandbox.result()).toMatchObject({ how: "timed out" });
    await expect(sandbox.getInfo()).rejects.toMatchObject({ code: "ENDED", message: /ttl was over/ });
    for (const wrong of [0, -5, "soon"])
      await expect(sandbox.setTimeout(wrong)).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });

  it("with a task ends with it, and its result outlives it", async () => {
    const sandbox = await Sandbox.create({
      tier,
      task: "echo working; echo $WORD >&2; sleep 0.2; exit 3",
      envs: { WORD: "secret" },
    });
    expect(sandbox.task?.pid).toBeGreaterThan(0);
    const result = await sandbox.result();
    expect(result).toMatchObject({
      sandboxId: sandbox.sandboxId,
      how: "finished",
      exitCode: 3,
      signal: null,
      droppedBytes: 0,
    });
    expect(result.output).toBe("working\nsecret\n");
    expect(await Sandbox.result(sandbox.sandboxId)).toEqual(result);
    expect(await sandbox.isRunning()).toBe(false);
    await expect(Sandbox.connect(sandbox.sandboxId)).rejects.toMatchObject({
      message: /task finished with exit code 3/,
    });
  });

  it("with a task can be followed, and waited for", async () => {
    const sandbox = await Sandbox.create({ tier, task: ["sh", "-c", "sleep 0.3; echo seen"] });
    const followed = await sandbox.commands.connect(sandbox.task?.pid ?? 0);
    expect(await followed.wait()).toMatchObject({ exitCode: 0, stdout: "seen\n" });
    expect(await sandbox.task?.wait()).toMatchObject({ exitCode: 0 });
    await sandbox.result();
  });

  it("with a task that cannot start is not there", async () => {
    await expect(Sandbox.create({ tier, task: ["no-such-program"] })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("keeps no secret on disk or on a command line of this machine", async () => {
    const secret = `secret-${Math.random().toString(36).slice(2)}`;
    await using sandbox = await Sandbox.create({ tier, envs: { TOKEN: secret } });
    await sandbox.commands.run(["sleep", "30"], { background: true });
    expect((await sandbox.commands.run("echo $TOKEN")).stdout).toBe(`${secret}\n`);
    const grep = promisify(execFile)("grep", ["-rl", secret, statePath("sandboxes")]);
    await expect(grep).rejects.toMatchObject({ code: 1 });
    const commands = (await promisify(execFile)("ps", ["-eo", "args"])).stdout;
    expect(commands).not.toContain(secret);
  });

  it("is reached from its connection alone by the group that it is for, and by nobody else", async () => {
    await using sandbox = await Sandbox.create({ tier, group: "games" });
    const script = `require(${JSON.stringify(BUILT)}).Sandbox.connect(process.argv[1])
      .then(async (s) => {
        const who = (await s.commands.run(["id", "-un"])).stdout.trim();
        const killed = process.argv[2] && (await s.kill());
        console.log(who, killed, require("node:fs").existsSync(s.connection.address.path));
      })
      .catch((error) => console.log(error.code))`;
    const as = async (group: string, ...more: string[]) => {
      const who = ["--reuid=65534", `--regid=${group}`, "--clear-groups", process.execPath, "-e", script];
      return (await promisify(execFile)("setpriv", [...who, formatConnection(sandbox.connection), ...more])).stdout;
    };
    expect(await as("nogroup")).toBe("PERMISSION_DENIED\n");
    expect(await as("games")).toBe("agent undefined true\n");
    expect(await as("games", "kill")).toBe("agent true false\n");
    expect(await sandbox.isRunning()).toBe(false);
  });

  it("ends with the process that made it, if that is asked for", async () => {
    const script = `require(${JSON.stringify(BUILT)}).Sandbox.create({ tier: "${tier}", endWithProcess: true })
      .then((s) => { console.log(s.sandboxId); setInterval(() => {}, 1000); })`;
    const maker = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(maker.stdout, "data")) as [Buffer];
    const id = line.toString().trim();
    maker.kill("SIGKILL");
    expect(await Sandbox.result(id)).toMatchObject({ how: "killed" });
    await until("everything gone", 10_000, () => !readFileSync("/proc/self/mounts", "utf8").includes(id));
  });

  it("does not keep its maker's process alive", async () => {
    const script = `require(${JSON.stringify(BUILT)}).Sandbox.create({ tier: "${tier}", ttl: "30s", task: ["sleep", "20"] })
      .then(async (s) => { await s.commands.run(["true"]); await s.getHost(80); console.log(s.sandboxId); })`;
    const began = Date.now();
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script]);
    expect(Date.now() - began).toBeLessThan(10_000);
    const sandbox = await Sandbox.connect(stdout.trim());
    expect(await sandbox.kill()).toBe(true);
  });

  it("shows a port inside on this machine's loopback", async () => {
    await using sandbox = await Sandbox.create({ tier });
    const server =
      "import socket\ns=socket.create_server(('127.0.0.1',8080))\nprint('up',flush=True)\nwhile True:\n c,_=s.accept()\n while (d:=c.recv(65536)): c.sendall(d)\n c.close()";
    const running = await sandbox.commands.run(["python3", "-c", server], { background: true });
    await until("the server", 10_000, () => running.stdout === "up\n");
    const host = await sandbox.getHost(8080);
    expect(host).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(await sandbox.getHost(8080)).toBe(host);
    const said = Buffer.alloc(3_000_000, "echo ");
    expect((await talk(host, said)).equals(said)).toBe(true);
    // Nobody listens there: the connection closes; who speaks HTTP is told so.
    expect((await talk(await sandbox.getHost(9), Buffer.from("x"))).toString()).toBe("");
    expect((await talk(await sandbox.getHost(9), Buffer.alloc(0))).toString()).toBe("");
    const answer = await fetch(`http://${await sandbox.getHost(9)}`);
    expect([answer.status, await answer.text()]).toEqual([502, "sandstack: port 9: Connection refused\n"]);
    await expect(sandbox.getHost(0)).rejects.toMatchObject({ message: "port: 0 is not valid." });
    await sandbox.kill();
    await expect(talk(host, Buffer.from("x"))).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await expect(sandbox.getHost(8080)).rejects.toMatchObject({ code: "ENDED" });
  });

  it("lets who retries reach a server that comes up later, and lives until then", async () => {
    const server = `import socket,time
time.sleep(1)
s=socket.create_server(('127.0.0.1',8000))
while True:
 c,_=s.accept()
 c.recv(65536)
 c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok')
 c.close()`;
    const script = `(async () => {
      const sandbox = await require(${JSON.stringify(BUILT)}).Sandbox.create({ tier: "${tier}", ttl: "30s" });
      await sandbox.commands.run(["python3", "-c", ${JSON.stringify(server)}], { background: true });
      const url = "http://" + await sandbox.getHost(8000);
      let tries = 0, answer;
      do { tries++; answer = await fetch(url); } while (answer.status === 502);
      console.log(tries > 1, answer.status, await answer.text());
      await sandbox.kill();
    })()`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { timeout: 20_000 });
    expect(stdout).toBe("true 200 ok\n");
  });

  it("whose making is aborted is not there", async () => {
    const signal = AbortSignal.abort();
    await expect(Sandbox.create({ tier, signal })).rejects.toMatchObject({ code: "ABORTED" });
    const late = new AbortController();
    const making = Sandbox.create({ tier, signal: late.signal });
    await sleep(3);
    late.abort();
    await expect(making).rejects.toMatchObject({ code: "ABORTED" });
  });

  it.each([
    [{ name: "with space" }, "INVALID_OPTION", /name: "with space"/],
    [{ image: "sha256:unknown" }, "NO_SUCH_IMAGE", /sha256:unknown/],
    [{ image: "./no-such-rootfs" }, "NOT_FOUND", /no-such-rootfs/],
    [{ snapshot: "snap-unknown" }, "NO_SUCH_SNAPSHOT", /snap-unknown/],
    [{ group: "no-such-group" }, "INVALID_OPTION", /no-such-group/],
  ])("is not made with %j", async (options, code, message) => {
    await expect(Sandbox.create({ tier, ...options })).rejects.toMatchObject({ code, message });
  });
});

describe("what is not there", () => {
  it.each([
    ["no-such-name", "NO_SUCH_SANDBOX"],
    ["sbx-aaaaaaaaaaaa", "NO_SUCH_SANDBOX"],
    ["", "INVALID_OPTION"],
    ["{", "INVALID_OPTION"],
    ['{"version":2}', "VERSION"],
  ])("is not connected to: %j", async (target, code) => {
    await expect(Sandbox.connect(target)).rejects.toMatchObject({ code });
  });
});

/** Sends bytes to a host, says that it is all, and gives what comes until the other side ends. */
async function talk(host: string, bytes: Buffer): Promise<Buffer> {
  const [address, port] = host.split(":") as [string, string];
  const socket = connect({ host: address, port: Number(port) });
  socket.end(bytes);
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
