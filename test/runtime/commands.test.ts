import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandExitError, Sandbox } from "../../runtime";
import { LOCAL_TIERS } from "../../src/model/tier";
import { newMarker, withMarker } from "../faults/parts";
import { sleep, until } from "../support/until";

// Not proven: what isolation holds (test/isolation), what happens when parts die (test/faults).

describe.each(LOCAL_TIERS)("commands on %s", (tier) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await Sandbox.create({ tier, envs: { OWN: "of the sandbox", SHARED: "old" } });
  });
  afterAll(() => sandbox.kill());
  const run = (cmd: string | string[], options = {}) => sandbox.commands.run(cmd, options);

  it("keep their streams apart, and a non-zero exit throws with both", async () => {
    const error = await run("echo out; echo err >&2; exit 7").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CommandExitError);
    expect(error).toMatchObject({ code: "COMMAND_EXIT", exitCode: 7, signal: null, stdout: "out\n", stderr: "err\n" });
    expect(await run("exit 7", { reject: false })).toMatchObject({ exitCode: 7, timedOut: false });
  });

  it("run a string in a login shell and an array as it is", async () => {
    expect(await run("echo $((1 + 1)); shopt 2>&1 | head -c 0; echo $0")).toMatchObject({ stdout: "2\n/bin/sh\n" });
    expect(await run(["echo", "$((1 + 1))"])).toMatchObject({ stdout: "$((1 + 1))\n" });
  });

  it("start at home as agent, or where and as whom they are told", async () => {
    expect((await run("id -un; pwd; echo $HOME")).stdout).toBe("agent\n/home/agent\n/home/agent\n");
    expect((await run("pwd", { cwd: "/tmp" })).stdout).toBe("/tmp\n");
    const asRoot = await run(["id", "-u"], { user: "root" }).catch((error: { code: string }) => error);
    expect(asRoot).toMatchObject(tier === "chroot" ? { code: "USER_REFUSED" } : { stdout: "0\n" });
  });

  it("have the sandbox's environment and their own, and nothing of this process's", async () => {
    process.env["LEAKED"] = "no";
    const { stdout } = await run(["env"], { envs: { SHARED: "new" } });
    delete process.env["LEAKED"];
    expect(stdout).toMatch(/^OWN=of the sandbox$/m);
    expect(stdout).toMatch(/^SHARED=new$/m);
    expect(stdout).not.toContain("LEAKED");
  });

  it.each([
    [["no-such-program"], {}, "NOT_FOUND", /no-such-program/],
    [["/etc/passwd"], {}, "NOT_EXECUTABLE", /passwd/],
    [["pwd"], { cwd: "/nowhere" }, "BAD_PATH", /\/nowhere/],
    [["pwd"], { cwd: "relative" }, "BAD_PATH", /relative/],
    [["pwd"], { user: "stranger" }, "UNKNOWN_USER", /stranger/],
  ])("%j with %j cannot start, and say why", async (cmd, options, code, message) => {
    await expect(run(cmd, options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it("give characters whole, wherever they are cut", async () => {
    const pieces: string[] = [];
    const script =
      "import sys,time\nfor b in 'añ🦊日'.encode():\n sys.stdout.buffer.write(bytes([b])); sys.stdout.flush(); time.sleep(.05)";
    const { stdout } = await run(["python3", "-c", script], { onStdout: (text: string) => void pieces.push(text) });
    expect([stdout, pieces.join("")]).toEqual(["añ🦊日", "añ🦊日"]);
    expect(pieces.length).toBeGreaterThan(1);
  });

  it("give a stream their bytes as they are, and keep none", async () => {
    const pieces: Buffer[] = [];
    const stdout = new Writable({ write: (piece: Buffer, _, done) => (pieces.push(piece), setTimeout(done, 1)) });
    const result = await run("head -c 300000 /dev/zero | tr '\\000' '\\377'", { stdout });
    // The stream has all of it by now, and may still be working on what it has.
    await new Promise<void>((resolve) => stdout.end(resolve));
    expect(Buffer.concat(pieces).equals(Buffer.alloc(300_000, 0xff))).toBe(true);
    expect(result.stdout).toBe("");
  });

  it("wait for a callback that gives a promise", async () => {
    const marker = newMarker();
    let seen = 0;
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const running = run(`: ${marker}; head -c 3000000 /dev/zero; echo written >&2; sleep 0.1`, {
      onStdout: async (text: string) => {
        seen += text.length;
        await held;
      },
    });
    await until("the first output", 10_000, () => seen > 0);
    await sleep(300);
    expect(seen).toBeLessThan(100_000);
    expect(withMarker(marker).length).toBeGreaterThan(0);
    release();
    expect((await running).stdout).toHaveLength(3_000_000);
    expect(seen).toBe(3_000_000);
  });

  it("are ended by what a callback throws, which surfaces", async () => {
    const marker = newMarker();
    const bug = new Error("a bug in the callback");
    const onStdout = () => {
      throw bug;
    };
    await expect(run(`echo x; sleep ${marker}`, { onStdout })).rejects.toBe(bug);
    const later = async () => Promise.reject(bug);
    await expect(run(`echo x; sleep ${marker}`, { onStdout: later })).rejects.toBe(bug);
    await until("no command left", 10_000, () => withMarker(marker).length === 0);
  });

  it("end at their timeout with all that they started in their group", async () => {
    const marker = newMarker();
    const began = Date.now();
    const error = await run(`sleep ${marker} & echo before; sleep ${marker}`, { timeoutMs: 1_000 }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: "TIMEOUT", timedOut: true, stdout: "before\n", signal: 15 });
    expect(Date.now() - began).toBeLessThan(10_000);
    await until("no command left", 10_000, () => withMarker(marker).length === 0);
  });

  it("end when they are aborted", async () => {
    const marker = newMarker();
    const controller = new AbortController();
    const running = run(`sleep ${marker}`, { signal: controller.signal });
    await until("the command", 10_000, () => withMarker(marker).length > 0);
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: "ABORTED" });
    await until("no command left", 10_000, () => withMarker(marker).length === 0);
  });

  it("tell the signal that ended them", async () => {
    expect(await run("kill -USR1 $$", { reject: false })).toMatchObject({ exitCode: null, signal: 10 });
  });

  it("read what they are given, and nothing otherwise", async () => {
    expect((await run(["cat"])).stdout).toBe("");
    expect((await run(["cat"], { stdin: "text ü" })).stdout).toBe("text ü");
    expect((await run(["wc", "-c"], { stdin: Buffer.alloc(1_000_000) })).stdout.trim()).toBe("1000000");
    async function* source() {
      for (const piece of ["a", "b", "c"]) {
        await sleep(2);
        yield piece;
      }
    }
    expect((await run(["cat"], { stdin: source() })).stdout).toBe("abc");
    expect((await run(["head", "-c", "1"], { stdin: endless() })).stdout).toBe("x");
  });

  describe("in the background", () => {
    const start = (cmd: string | string[], options = {}) => sandbox.commands.run(cmd, { ...options, background: true });

    it("give a handle, are listed, and end by kill", async () => {
      const handle = await start(["sleep", "60"], { cwd: "/tmp" });
      const listed = (await sandbox.commands.list()).find(({ pid }) => pid === handle.pid);
      expect(listed).toMatchObject({ cmd: "sleep 60", cwd: "/tmp", user: "agent", background: true, pty: false });
      expect(Math.abs(Date.now() - (listed?.startedAt.getTime() ?? 0))).toBeLessThan(10_000);
      expect(handle.exitCode).toBeUndefined();
      expect(await handle.kill()).toBe(true);
      await expect(handle.wait()).rejects.toMatchObject({ code: "COMMAND_EXIT", signal: 9 });
      expect(handle.exitCode).toBeNull();
      expect(await sandbox.commands.kill(handle.pid)).toBe(false);
    });

    it("take stdin by handle and by pid, in order, until it is closed", async () => {
      const handle = await start(["cat"], { stdin: true });
      await handle.sendStdin("one ");
      await sandbox.commands.sendStdin(handle.pid, Buffer.from("two"));
      await handle.closeStdin();
      expect(await handle.wait()).toMatchObject({ exitCode: 0, stdout: "one two" });
      const deaf = await start(["sleep", "60"]);
      await expect(deaf.sendStdin("x")).rejects.toMatchObject({ code: "BAD_REQUEST" });
      await deaf.kill();
      await expect(sandbox.commands.sendStdin(999_999, "x")).rejects.toMatchObject({ code: "NO_SUCH_COMMAND" });
    });

    it("run on when their client has gone, and are found again with what they wrote", async () => {
      const other = await Sandbox.connect(sandbox.connection);
      const first = await other.commands.run("echo early; sleep 0.5; echo late; exit 3", { background: true });
      await until("the first output", 10_000, () => first.stdout === "early\n");
      other.disconnect();
      const texts: string[] = [];
      const again = await sandbox.commands.connect(first.pid, {
        onStdout: (text) => void texts.push(text),
        reject: false,
      });
      expect(await again.wait()).toMatchObject({ exitCode: 3, stdout: "early\nlate\n" });
      expect(texts.join("")).toBe("early\nlate\n");
      expect(again.droppedBytes).toBe(0);
      await expect(sandbox.commands.connect(999_999)).rejects.toMatchObject({ code: "NO_SUCH_COMMAND" });
    });

    it("keep the last 1 MiB, and say how much is lost", async () => {
      const handle = await start("head -c 2000000 /dev/zero; printf END", {
        stdout: new Writable({ write: (_p, _e, done) => done() }),
      });
      await handle.wait();
      const again = await sandbox.commands.connect(handle.pid);
      const { stdout } = await again.wait();
      expect(stdout.endsWith("END")).toBe(true);
      expect(stdout.length + again.droppedBytes).toBe(2_000_003);
      expect(stdout.length).toBe(1 << 20);
    });

    it("run on after disconnect(), and after their signal is aborted", async () => {
      const controller = new AbortController();
      const [left, aborted] = [
        await start(["sleep", "60"]),
        await start(["sleep", "60"], { signal: controller.signal }),
      ];
      left.disconnect();
      controller.abort();
      await expect(left.wait()).rejects.toMatchObject({ code: "ABORTED" });
      await expect(aborted.wait()).rejects.toMatchObject({ code: "ABORTED" });
      const pids = (await sandbox.commands.list()).map(({ pid }) => pid);
      expect(pids).toEqual(expect.arrayContaining([left.pid, aborted.pid]));
      await Promise.all([sandbox.commands.kill(left.pid), sandbox.commands.kill(aborted.pid)]);
    });

    it("end at their timeout too", async () => {
      const handle = await start(["sleep", "60"], { timeoutMs: 100 });
      await expect(handle.wait()).rejects.toMatchObject({ code: "TIMEOUT" });
    });
  });

  it("in the foreground end with their client", async () => {
    const marker = newMarker();
    const other = await Sandbox.connect(sandbox.connection);
    const running = other.commands.run(["sleep", marker]);
    await until("the command", 10_000, () => withMarker(marker).length > 0);
    other.disconnect();
    await expect(running).rejects.toMatchObject({ code: "ABORTED" });
    await until("no command left", 10_000, () => withMarker(marker).length === 0);
  });

  it("run 200 at once", async () => {
    const results = await Promise.all(Array.from({ length: 200 }, (_, i) => run(["echo", String(i)])));
    expect(results.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 200 }, (_, i) => `${i}\n`));
  });
});

async function* endless(): AsyncGenerator<string> {
  for (;;) {
    await sleep(1);
    yield "x";
  }
}
