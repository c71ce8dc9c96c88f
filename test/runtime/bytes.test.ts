import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox, type CommandHandle, type FilesystemEvent, type WatchHandle } from "../../runtime";
import { bytesOf } from "../../src/model/byte-text";
import { statePath } from "../../src/model/state-dir";
import { LOCAL_TIERS } from "../../src/model/tier";
import { until } from "../support/until";
import { publicMethods } from "./public-methods";

// Every public method that takes or gives a name, an argument, a variable or output: bytes that are no UTF-8 go through it as
// they are, or are refused, or it is told that they were replaced. test/cli/bytes.test.ts has the commands.

/** `caf`, byte 0xe9. */
const ODD = "caf\udce9";
const ODD_HEX = "636166e9";
/** Half a character: no bytes that it could be. */
const HALF = "half \ud83d";
const HEX = ["sh", "-c", `printf %s "$1" | od -An -tx1 | tr -d ' \\n'`, "sh"];

/** Methods that take and give neither. */
const NEITHER = [
  ...["connect", "kill", "list"].map((name) => `Sandbox (static).${name}`),
  ...["kill", "setTimeout", "isRunning", "getInfo", "getMetrics", "rollback", "getHost", "disconnect"].map(
    (name) => `Sandbox.${name}`,
  ),
  ...["kill", "closeStdin"].map((name) => `Commands.${name}`),
  ...["kill", "closeStdin", "disconnect"].map((name) => `CommandHandle.${name}`),
  ...["resize", "kill"].map((name) => `Pty.${name}`),
  "WatchHandle.stop",
];

describe.each(LOCAL_TIERS)("bytes that are no UTF-8, on %s", (tier) => {
  let sandbox: Sandbox;
  let here: string;
  let handle: CommandHandle;
  let watch: WatchHandle;
  beforeAll(async () => {
    sandbox = await Sandbox.create({ tier });
    here = mkdtempSync(statePath("bytes-"));
    handle = await sandbox.commands.run(["true"], { background: true });
    watch = await sandbox.files.watchDir("/tmp", () => {});
  });
  afterAll(async () => {
    await sandbox.kill();
    rmSync(here, { recursive: true });
  });
  /** The names in a directory as a shell inside has them, in hex. */
  const namesIn = async (path: string) =>
    (await sandbox.commands.run([...HEX.slice(0, 2), `ls -A "$1" | od -An -tx1 | tr -d ' \\n'`, "sh", path])).stdout;
  const refused = (call: Promise<unknown>) => expect(call).rejects.toMatchObject({ code: "INVALID_OPTION" });
  const put = async (directory: string) => {
    const path = `/tmp/${directory}/${ODD}`;
    await sandbox.commands.run(["sh", "-c", 'mkdir -p "${1%/*}"; printf odd > "$1"', "sh", path]);
    return path;
  };

  const ROWS: Record<string, () => Promise<void>> = {
    "Sandbox (static).create": async () => {
      const task = ["sh", "-c", 'sleep 1; printf %s "$1"; printf %s "$A"', "sh", ODD];
      await using other = await Sandbox.create({ tier, task, envs: { A: "\udcff" } });
      const output = new PassThrough();
      await (await other.commands.connect(other.task?.pid ?? 0, { stdout: output })).wait();
      expect((output.read() as Buffer).toString("hex")).toBe(`${ODD_HEX}ff`);
      for (const options of [{ name: ODD }, { user: ODD }, { group: ODD }, { task: ["echo", HALF] }, { image: ODD }])
        await expect(Sandbox.create({ tier, ...options })).rejects.toMatchObject({ code: "INVALID_OPTION" });
    },
    "Sandbox (static).result": async () => {
      await using other = await Sandbox.create({ tier, task: ["printf", "\\377"] });
      expect(await Sandbox.result(other.connection)).toMatchObject({ output: "\ufffd", replaced: true });
    },
    "Sandbox.result": async () => {
      await using other = await Sandbox.create({ tier, task: ["printf", "caf\\303\\251"] });
      expect(await other.result()).toMatchObject({ output: "café", replaced: false });
    },
    "Sandbox.createSnapshot": () => refused(sandbox.createSnapshot({ description: ODD })),
    "Commands.run": async () => {
      const envs = { A: ODD };
      const { stdout } = await sandbox.commands.run([...HEX, ODD], { envs });
      expect(stdout).toBe(ODD_HEX);
      expect((await sandbox.commands.run(`printf %s "$A" | od -An -tx1 | tr -d ' \\n'`, { envs })).stdout).toBe(
        ODD_HEX,
      );
      expect((await sandbox.commands.run(`printf %s '${ODD}' | od -An -tx1 | tr -d ' \\n'`)).stdout).toBe(ODD_HEX);
      await refused(sandbox.commands.run(["echo", HALF]));
      await refused(sandbox.commands.run(["echo"], { envs: { A: HALF } }));
      await refused(sandbox.commands.run(["echo"], { cwd: `/${HALF}` }));
      await refused(sandbox.commands.run(["echo"], { user: ODD }));
      const output = new PassThrough();
      await sandbox.commands.run(["printf", "%s", ODD], { stdout: output });
      expect((output.read() as Buffer).toString("hex")).toBe(ODD_HEX);
      const told: string[] = [];
      const text = await sandbox.commands.run(["printf", "%s", ODD], { onStdout: (one) => void told.push(one) });
      expect(text).toMatchObject({ stdout: "caf\ufffd", replaced: true });
      expect(told.join("")).toBe(text.stdout);
      const failed = sandbox.commands.run(["sh", "-c", 'printf %s "$1" >&2; exit 1', "sh", ODD]);
      await expect(failed).rejects.toMatchObject({ stderr: "caf\ufffd", replaced: true });
      expect(await sandbox.commands.run(["printf", "%s", "\ufffd"])).toMatchObject({
        stdout: "\ufffd",
        replaced: false,
      });
    },
    "Commands.list": async () => {
      const running = await sandbox.commands.run(["sh", "-c", "sleep 60", ODD], { background: true, cwd: "/tmp" });
      expect((await sandbox.commands.list()).find(({ pid }) => pid === running.pid)?.cmd).toBe(`sh -c sleep 60 ${ODD}`);
      await running.kill();
    },
    "Commands.sendStdin": async () => {
      const reader = await sandbox.commands.run(["sh", "-c", "od -An -tx1"], { background: true, stdin: true });
      await sandbox.commands.sendStdin(reader.pid, Uint8Array.of(0xff));
      await sandbox.commands.closeStdin(reader.pid);
      expect((await reader.wait()).stdout.trim()).toBe("ff");
    },
    "Commands.connect": async () => {
      const running = await sandbox.commands.run(["printf", "%s", ODD], { background: true });
      const output = new PassThrough();
      await (await sandbox.commands.connect(running.pid, { stdout: output })).wait();
      expect((output.read() as Buffer).toString("hex")).toBe(ODD_HEX);
    },
    "CommandHandle.wait": async () => {
      const running = await sandbox.commands.run(["printf", "%s", ODD], { background: true });
      expect(await running.wait()).toMatchObject({ stdout: "caf\ufffd", replaced: true });
    },
    "CommandHandle.sendStdin": async () => {
      const reader = await sandbox.commands.run(["sh", "-c", "od -An -tx1"], { background: true, stdin: true });
      await reader.sendStdin(Uint8Array.of(0xfe));
      await reader.closeStdin();
      expect((await reader.wait()).stdout.trim()).toBe("fe");
    },
    "Files.read": async () => {
      const path = await put("read");
      expect(await sandbox.files.read(path)).toBe("odd");
      expect(await sandbox.files.read(path, { format: "bytes" })).toEqual(Buffer.from("odd"));
      await refused(sandbox.files.read(HALF));
    },
    "Files.write": async () => {
      const bytes = Uint8Array.of(0x61, 0xff);
      expect(await sandbox.files.write(`/tmp/write/${ODD}`, bytes)).toMatchObject({ name: ODD });
      expect(await namesIn("/tmp/write")).toBe(`${ODD_HEX}0a`);
      expect(await sandbox.files.read(`/tmp/write/${ODD}`, { format: "bytes" })).toEqual(Buffer.from(bytes));
      for (const wrong of [`/tmp/write/${HALF}`, "/tmp/write/\udcc3\udca9"])
        await refused(sandbox.files.write(wrong, "x"));
      expect(await namesIn("/tmp/write")).toBe(`${ODD_HEX}0a`);
    },
    "Files.list": async () => {
      const path = await put("list");
      await sandbox.commands.run(["ln", "-s", `${ODD}-gone`, "/tmp/list/link"]);
      const listed = await sandbox.files.list("/tmp/list");
      const [file, link] = listed.sort((a, b) => (a.name < b.name ? -1 : 1));
      expect(file).toMatchObject({ name: ODD, path });
      expect(link).toMatchObject({ name: "link", symlinkTarget: `${ODD}-gone` });
    },
    "Files.exists": async () => {
      expect(await sandbox.files.exists(await put("exists"))).toBe(true);
      expect(await sandbox.files.exists("/tmp/exists/caf\ufffd")).toBe(false);
    },
    "Files.getInfo": async () => {
      expect(await sandbox.files.getInfo(await put("info"))).toMatchObject({ name: ODD, size: 3 });
    },
    "Files.remove": async () => {
      await sandbox.files.remove(await put("remove"));
      expect(await namesIn("/tmp/remove")).toBe("");
    },
    "Files.rename": async () => {
      const path = await put("rename");
      expect(await sandbox.files.rename(path, "/tmp/rename/\udcff")).toMatchObject({ name: "\udcff" });
      expect(await namesIn("/tmp/rename")).toBe("ff0a");
    },
    "Files.makeDir": async () => {
      await sandbox.files.makeDir(`/tmp/made/${ODD}`);
      expect(await namesIn("/tmp/made")).toBe(`${ODD_HEX}0a`);
    },
    "Files.watchDir": async () => {
      await sandbox.files.makeDir(`/tmp/watch/${ODD}`);
      const events: FilesystemEvent[] = [];
      const watching = await sandbox.files.watchDir(`/tmp/watch/${ODD}`, (event) => void events.push(event));
      await sandbox.files.write(`/tmp/watch/${ODD}/\udcff`, "x");
      await until("the event", 10_000, () => events.length > 0);
      expect(events[0]?.name).toBe("\udcff");
      watching.stop();
    },
    "Files.copyIn": async () => {
      writeFileSync(bytesOf(join(here, ODD)), "of here");
      await sandbox.files.copyIn(join(here, ODD), `/tmp/in/${ODD}`);
      expect(await namesIn("/tmp/in")).toBe(`${ODD_HEX}0a`);
      expect(await sandbox.files.read(`/tmp/in/${ODD}`)).toBe("of here");
      await refused(sandbox.files.copyIn(join(here, HALF), "/tmp/half"));
    },
    "Files.copyOut": async () => {
      mkdirSync(join(here, "out"));
      await sandbox.files.copyOut(await put("out"), join(here, "out", ODD));
      expect(readdirSync(join(here, "out"), { encoding: "buffer" }).map((one) => one.toString("hex"))).toEqual([
        ODD_HEX,
      ]);
      expect(readFileSync(bytesOf(join(here, "out", ODD)), "utf8")).toBe("odd");
      await refused(sandbox.files.copyOut("/tmp/out", join(here, HALF)));
      expect(existsSync(join(here, HALF))).toBe(false);
    },
    "Pty.create": async () => {
      const shown: Uint8Array[] = [];
      const terminal = await sandbox.pty.create({
        ...{ cols: 80, rows: 24, cmd: ["sh", "-c", 'printf %s "$1$A"', "sh", ODD], envs: { A: "\udcff" } },
        onData: (bytes) => void shown.push(bytes),
      });
      await terminal.wait();
      expect(Buffer.concat(shown).toString("hex")).toBe(`${ODD_HEX}ff`);
    },
    "Pty.connect": async () => {
      const terminal = await sandbox.pty.create({ cols: 80, rows: 24, cmd: ["printf", "%s", ODD] });
      const shown: Uint8Array[] = [];
      await (await sandbox.pty.connect(terminal.pid, { onData: (bytes) => void shown.push(bytes) })).wait();
      expect(Buffer.concat(shown).toString("hex")).toBe(ODD_HEX);
    },
    "Pty.sendInput": async () => {
      const shown: Uint8Array[] = [];
      const terminal = await sandbox.pty.create({
        ...{ cols: 80, rows: 24, cmd: "stty raw -echo; echo ready; head -c 1 | od -An -tx1" },
        onData: (bytes) => void shown.push(bytes),
      });
      await until("the program", 10_000, () => Buffer.concat(shown).includes("ready"));
      await sandbox.pty.sendInput(terminal.pid, Uint8Array.of(0xff));
      await terminal.wait();
      expect(Buffer.concat(shown).toString()).toContain("ff");
    },
  };

  it("have a row in the table for every method", () => {
    expect([...Object.keys(ROWS), ...NEITHER].sort()).toEqual(publicMethods(sandbox, handle, watch));
  });

  it.each(Object.entries(ROWS))("%s carries them, refuses them, or tells", (_, row) => row());
});
