import { execFileSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Sandbox } from "../../runtime";
import { formatConnection } from "../../src/model/connection";
import { LOCAL_TIERS } from "../../src/model/tier";
import { newMarker, withMarker } from "../faults/parts";
import { until } from "../support/until";
import { CLI, sandstack, start } from "./cli";

describe.each(LOCAL_TIERS)("exec on %s", (tier) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await Sandbox.create({ tier, name: "exec-test", ttl: "60s", group: "games" });
  });
  afterAll(() => sandbox.kill());
  const exec = (args: readonly string[], options = {}) => sandstack(["exec", ...args], options);

  test("keeps the streams apart and passes the exit code on, by name, id or connection", async () => {
    for (const target of ["exec-test", sandbox.sandboxId, formatConnection(sandbox.connection)]) {
      const { code, stdout, stderr } = await exec([target, "--", "sh", "-c", "echo out; echo err >&2; exit 7"]);
      expect([code, stdout, stderr]).toEqual([7, "out\n", "err\n"]);
    }
  });

  test("takes --env, --cwd, --user and --timeout, before or after the name", async () => {
    const script = "echo $A $PWD $(id -un)";
    const args = ["--env", "A=1", "exec-test", "--cwd", "/tmp", "--", "sh", "-c", script];
    expect(await exec(args)).toMatchObject({ code: 0, stdout: "1 /tmp agent\n" });
    const asRoot = await exec(["--user", "root", "exec-test", "--", "id", "-u"]);
    expect(asRoot).toMatchObject(tier === "chroot" ? { code: 1, stdout: "" } : { code: 0, stdout: "0\n" });
    expect(await exec(["--timeout", "200ms", "exec-test", "--", "sleep", "9"])).toMatchObject({ code: 124 });
    expect(await exec(["exec-test", "--", "no-such-command"])).toMatchObject({ code: 127 });
  });

  test("refuses a directory as stdin, and runs nothing", async () => {
    const folder = openSync("/tmp", "r");
    const command = ["exec", "exec-test", "--", "touch", "/tmp/ran"];
    const { ended } = start(command, { stdio: [folder, "pipe", "pipe"] });
    expect(await ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^sandstack: stdin: it is a directory/) as string,
    });
    closeSync(folder);
    expect(await sandbox.files.exists("/tmp/ran")).toBe(false);
  });

  test("takes a script of 128 KiB for a shell, and refuses a longer one with the limit", async () => {
    const script = `: ${"#".repeat(131_000)}\necho read`;
    expect(await exec(["exec-test", "--", "sh", "-c", script])).toMatchObject({ code: 0, stdout: "read\n" });
  });

  test("passes a pipe through", async () => {
    const bytes = Buffer.alloc(1_000_000, Buffer.from([0, 255, 10]));
    const { stdout } = await exec(["exec-test", "--", "cat"], { input: bytes });
    expect(Buffer.from(stdout, "latin1").equals(bytes)).toBe(true);
  });

  test("ends with what it is told to, and its command with it; the sandbox stays", async () => {
    const marker = newMarker();
    for (const [signal, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ] as const) {
      const started = start(["exec", "exec-test", "--", "sh", "-c", `echo up; exec sleep ${marker}`]);
      await started.shown("up");
      started.child.kill(signal);
      expect(await started.ended).toMatchObject({ code, stderr: "" });
      await until("the command is gone", 10_000, () => withMarker(marker).length === 0);
    }
    const started = start(["exec", "exec-test", "--", "sh", "-c", `echo up; exec sleep ${marker}`]);
    await started.shown("up");
    started.child.kill("SIGKILL");
    await until("the command is gone", 10_000, () => withMarker(marker).length === 0);
    expect(await sandbox.isRunning()).toBe(true);
  });

  test("needs no root where the connection's group may", () => {
    const args = [CLI, "exec", formatConnection(sandbox.connection), "--", "id", "-un"];
    const who = ["--reuid=65534", "--regid=games", "--clear-groups", process.execPath];
    expect(execFileSync("setpriv", [...who, ...args], { encoding: "utf8" })).toBe("agent\n");
  });
});
