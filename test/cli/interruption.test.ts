import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { LOCAL_TIERS } from "../../src/model/tier";
import { listSandboxes, newMarker, newSandboxes, withMarker } from "../faults/parts";
import { leakCheckEachTest } from "../support/leak-check";
import { sleep, until } from "../support/until";
import { CLI, start, type Started } from "./cli";

// However `run` is ended, its sandbox ends with it; the leak check after each test says that nothing is left.
// Not proven: random moments, many times over (test/soak).

leakCheckEachTest();

describe.each(LOCAL_TIERS)("run on %s", (tier) => {
  /** In a process group of its own, as a shell starts it, so that a signal to the group is what Ctrl-C is. */
  async function running(marker: string): Promise<Started> {
    const script = `trap '' INT TERM HUP; (setsid sleep ${marker} &); echo up; sleep ${marker}; sleep ${marker}`;
    const started = start(["run", "--tier", tier, "--", "sh", "-c", script], { detached: true });
    await started.shown("up");
    return started;
  }
  const toGroup = ({ child }: Started, signal: NodeJS.Signals) => process.kill(-(child.pid as number), signal);

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s ends it with %d, a payload that ignores signals too", async (signal, code) => {
    const marker = newMarker();
    const started = await running(marker);
    expect(withMarker(marker)).not.toEqual([]);
    toGroup(started, signal);
    expect(await started.ended).toMatchObject({ code, stderr: "" });
    expect(withMarker(marker)).toEqual([]);
  });

  // The first is one Ctrl-C told twice, as by npx; the second is a person's, while the payload still has its grace.
  test.each([5, 200])("a second Ctrl-C after %d ms leaves nothing either", async (pause) => {
    const marker = newMarker();
    const started = await running(marker);
    toGroup(started, "SIGINT");
    await sleep(pause);
    toGroup(started, "SIGINT");
    expect(await started.ended).toMatchObject({ code: 130 });
    await until(
      "nothing of the payload",
      2_000,
      () => withMarker(marker).filter((pid) => pid !== started.child.pid).length === 0,
    );
  });

  test("kill -9 of it leaves nothing within two seconds", async () => {
    const marker = newMarker();
    const started = await running(marker);
    started.child.kill("SIGKILL");
    expect(await started.ended).toMatchObject({ signal: "SIGKILL" });
    await until("nothing of the payload", 2_000, () => withMarker(marker).length === 0);
  });

  test("Ctrl-C while the sandbox is being made leaves none", async () => {
    const before = listSandboxes();
    for (const delay of [60, 120, 180, 240]) {
      const started = start(["run", "--tier", tier, "--", "sleep", "60"], { detached: true });
      await sleep(delay);
      toGroup(started, "SIGINT");
      const { code, signal } = await started.ended;
      // Node's own start has no handler yet.
      expect(signal ?? code).toBeOneOf(["SIGINT", 130]);
    }
    await until("no keeper", 2_000, () => newSandboxes(before).every((id) => withMarker(id).length === 0));
  });

  test("a reader that goes away ends it as SIGPIPE would", async () => {
    const marker = newMarker();
    const started = start(["run", "--tier", tier, "--", "sh", "-c", `yes ${marker}`]);
    await started.shown(marker);
    started.child.stdout?.destroy();
    expect(await started.ended).toMatchObject({ code: 141, stderr: "" });
    expect(withMarker(marker)).toEqual([]);
  });

  test("a reader that stops reading holds the command up, and Ctrl-C still works", async () => {
    const script = `exec '${process.execPath}' '${CLI}' run --tier ${tier} -- sh -c 'yes; echo never >&2'`;
    const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "pipe"], detached: true });
    await once(child.stdout, "readable");
    await sleep(500);
    process.kill(-(child.pid as number), "SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(130);
    child.stdout.destroy();
    child.stderr.destroy();
  });
});
