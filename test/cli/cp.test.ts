import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Sandbox } from "../../runtime";
import { LOCAL_TIERS } from "../../src/model/tier";
import { sandstack, start } from "./cli";

// Not proven: archives and links that lead out (test/guest, test/runtime).

describe.each(LOCAL_TIERS)("cp on %s", (tier) => {
  let sandbox: Sandbox;
  let here: string;
  beforeAll(async () => {
    sandbox = await Sandbox.create({ tier, name: "cp-test", ttl: "60s" });
    here = mkdtempSync(join(tmpdir(), "cli-cp-"));
    writeFileSync(join(here, "file"), "of file\n", { mode: 0o755 });
    mkdirSync(join(here, "tree", "deep"), { recursive: true });
    writeFileSync(join(here, "tree", "deep", "leaf"), "of leaf\n");
  });
  afterAll(async () => {
    await sandbox.kill();
    rmSync(here, { recursive: true, force: true });
  });
  const inside = async (cmd: string) => (await sandbox.commands.run(cmd)).stdout;
  const cp = async (...args: string[]) => {
    const { code, stdout, stderr } = await sandstack(["cp", ...args], { cwd: here });
    expect([code, stdout, stderr]).toEqual([0, "", ""]);
  };

  test("copies a file in: to a name, or into a directory that is there", async () => {
    await cp("file", "cp-test:/tmp/named");
    await cp("file", "cp-test:/tmp");
    await cp("file", "cp-test:/tmp/made/");
    expect(await inside("cat /tmp/named /tmp/file /tmp/made/file; stat -c '%a %U' /tmp/file")).toBe(
      "of file\n".repeat(3) + "755 agent\n",
    );
  });

  test("copies a directory in, as cp -r does", async () => {
    await cp("tree", "cp-test:/tmp/new");
    await cp("tree", "cp-test:/tmp/new");
    expect(await inside("cd /tmp/new; find . -type f | sort; cat deep/leaf")).toBe(
      "./deep/leaf\n./tree/deep/leaf\nof leaf\n",
    );
  });

  test("copies out, and what comes out is ours", async () => {
    await inside("mkdir -p /tmp/out/d && echo one > /tmp/out/1 && echo two > /tmp/out/d/2 && chmod 4755 /tmp/out/1");
    await cp("cp-test:/tmp/out/1", ".");
    await cp("cp-test:/tmp/out/1", "renamed");
    await cp("cp-test:/tmp/out", "whole");
    expect(readFileSync(join(here, "1"), "utf8") + readFileSync(join(here, "renamed"), "utf8")).toBe("one\none\n");
    expect(readdirSync(join(here, "whole")).sort()).toEqual(["1", "d"]);
    expect(readFileSync(join(here, "whole", "d", "2"), "utf8")).toBe("two\n");
    const { mode, uid } = statSync(join(here, "whole", "1"));
    expect([mode & 0o7000, uid]).toEqual([0, process.getuid?.()]);
  });

  test("- is stdin and stdout", async () => {
    const bytes = Buffer.alloc(1_000_000, Buffer.from([0, 255, 10]));
    expect(await sandstack(["cp", "-", "cp-test:/tmp/piped"], { input: bytes })).toMatchObject({ code: 0, stderr: "" });
    const { code, stdout } = await sandstack(["cp", "cp-test:/tmp/piped", "-"]);
    expect(code).toBe(0);
    expect(Buffer.from(stdout, "latin1").equals(bytes)).toBe(true);
  });

  test("copies all of a directory but what can't go, names that, and exits with 1", async () => {
    mkdirSync(join(here, "mixed"));
    for (const name of ["a", "z"]) writeFileSync(join(here, "mixed", name), name);
    execFileSync("mkfifo", [join(here, "mixed", "pipe")]);
    const into = await sandstack(["cp", "mixed", "cp-test:/tmp/mixed"], { cwd: here });
    const said = (from: string) =>
      `sandstack: Not all of ${from} could be copied:\n  pipe: a named pipe\nAll else is there.\n`;
    expect(into).toMatchObject({ code: 1, stdout: "", stderr: said("mixed") });
    expect(await inside("cat /tmp/mixed/*; mkfifo /tmp/mixed/pipe")).toBe("az");
    const out = await sandstack(["cp", "cp-test:/tmp/mixed", "back"], { cwd: here });
    expect(out).toMatchObject({ code: 1, stdout: "", stderr: said("/tmp/mixed") });
    expect(readdirSync(join(here, "back")).sort()).toEqual(["a", "z"]);
  });

  test("a directory is no stdin, and nothing is written", async () => {
    const folder = openSync(here, "r");
    const { ended } = start(["cp", "-", "cp-test:/tmp/of-a-directory"], { stdio: [folder, "pipe", "pipe"] });
    expect(await ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^sandstack: stdin: it is a directory/) as string,
    });
    closeSync(folder);
    expect(await sandbox.files.exists("/tmp/of-a-directory")).toBe(false);
  });

  test.each([
    [["nothing-here", "cp-test:/tmp/x"], /^sandstack: nothing-here: no such file or directory on this machine\.\n$/],
    [["cp-test:/tmp/nothing-there", "x"], /^sandstack: .*\/tmp\/nothing-there/],
    [["cp-test:/etc/hostname", "no/such/folder/x"], /^sandstack: no\/such\/folder\/x: no such file or directory/],
    [["cp-test:/tmp", "-"], /^sandstack: .*\/tmp/],
  ])("%j fails with one line, and leaves nothing", async (args, complaint) => {
    const { code, stderr } = await sandstack(["cp", ...args], { cwd: here });
    expect(stderr).toMatch(complaint);
    expect(code).toBe(1);
    expect(existsSync(join(here, "x"))).toBe(false);
  });
});
