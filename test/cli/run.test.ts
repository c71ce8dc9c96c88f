import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOCAL_TIERS } from "../../src/model/tier";
import { newMarker, withMarker } from "../faults/parts";
import { leakCheckEachTest } from "../support/leak-check";
import { sandstack } from "./cli";

// Not proven: what isolation holds (test/isolation); what happens when parts are killed (interruption.test.ts, test/faults).

leakCheckEachTest();

describe.each(LOCAL_TIERS)("run on %s", (tier) => {
  const run = (args: readonly string[], options = {}) => sandstack(["run", "--tier", tier, ...args], options);

  test("keeps the streams apart and passes the exit code on", async () => {
    const { code, stdout, stderr } = await run(["--", "sh", "-c", "echo out; echo err >&2; exit 7"]);
    expect([code, stdout, stderr]).toEqual([7, "out\n", "err\n"]);
  });

  test("ends at --timeout with 124, and with it all that was started", async () => {
    const marker = newMarker();
    const script = `(setsid sleep ${marker} &); echo $0; sleep ${marker}`;
    const { code, stdout } = await run(["--timeout", "2s", "--", "sh", "-c", script]);
    expect([code, stdout]).toEqual([124, "sh\n"]);
    expect(withMarker(marker)).toEqual([]);
  });

  test("tells what a shell would: a signal, no such command, no executable", async () => {
    expect(await run(["--", "sh", "-c", "kill -9 $$"])).toMatchObject({ code: 137 });
    expect(await run(["--", "sh", "-c", "kill -TERM $$"])).toMatchObject({ code: 143 });
    expect(await run(["--", "no-such-command"])).toMatchObject({
      code: 127,
      stderr: expect.stringContaining("no-such-command") as string,
    });
    expect(await run(["--", "/etc/passwd"])).toMatchObject({
      code: 126,
      stderr: expect.stringContaining("/etc/passwd") as string,
    });
  });

  describe("with files and environment", () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "cli-run-"));
      writeFileSync(join(folder, "a"), "of a\n");
      mkdirSync(join(folder, "d", "deep"), { recursive: true });
      writeFileSync(join(folder, "d", "deep", "f"), "of f\n", { mode: 0o755 });
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test("--file puts a file or a directory in, owned by who commands run as", async () => {
      const files = ["--file", "a:/tmp/a", "--file", `${folder}/d:/home/agent/d`];
      const script = "cat /tmp/a d/deep/f; stat -c '%U %a' /tmp/a d/deep/f";
      const { code, stdout, stderr } = await run([...files, "--", "sh", "-c", script], { cwd: folder });
      expect([code, stdout, stderr]).toEqual([0, "of a\nof f\nagent 644\nagent 755\n", ""]);
    });

    test("--env and --cwd", async () => {
      const args = [
        "--env",
        "A=x y=z",
        "--env",
        "TAKEN",
        "--cwd",
        "/tmp",
        "--",
        "sh",
        "-c",
        'echo "$A|$TAKEN|$PWD|$HIDDEN"',
      ];
      const env = { TAKEN: "from us", HIDDEN: "not passed on" };
      expect(await run(args, { env })).toMatchObject({ code: 0, stdout: "x y=z|from us|/tmp|\n" });
    });
  });

  test("passes stdin on byte for byte, to its end, and no further than it is read", async () => {
    const bytes = Buffer.alloc(3_000_000, Buffer.from([0, 255, 10, 13, 200]));
    const { code, stdout } = await run(["--", "cat"], { input: bytes });
    expect(code).toBe(0);
    expect(Buffer.from(stdout, "latin1").equals(bytes)).toBe(true);
    expect(await run(["--", "head", "-c", "3"], { input: bytes })).toMatchObject({ code: 0, stdout: "\0\xff\n" });
  });

  test("ends with an error when the ttl is over before the command", async () => {
    const { code, stderr } = await run(["--ttl", "2s", "--", "sleep", "60"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sandstack: Sandbox sbx-\w+ has ended at .*: its ttl was over\.\n/);
  });

  test("is bounded by --processes and --memory", async () => {
    const forks = "for i in $(seq 40); do sleep 5 & done; echo never";
    expect((await run(["--processes", "16", "--", "sh", "-c", forks])).stdout).not.toContain("never");
    const { code, stderr } = await run(["--memory", "64MiB", "--", "python3", "-c", "x = bytearray(200 << 20)"]);
    expect(code).toBe(137);
    expect(stderr).toContain("memory limit");
  });
});

test("takes nspawn where no tier is named, and says so only on a terminal", async () => {
  const { stdout, stderr } = await sandstack(["run", "--verbose", "--", "id", "-u"]);
  expect(stderr).toMatch(/^sandstack: sandbox sbx-\w+ on nspawn, ends by itself in 5m\n$/);
  expect(stdout).toBe("1000\n");
});

test("is root inside where the tier can", async () => {
  const { stdout } = await sandstack([
    "run",
    "--user",
    "root",
    "--",
    "sh",
    "-c",
    "id -u; touch /etc/mine && echo wrote",
  ]);
  expect(stdout).toBe("0\nwrote\n");
});
