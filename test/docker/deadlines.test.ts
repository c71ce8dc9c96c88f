import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { start } from "../cli/cli";
import { until } from "../support/until";
import { dockerScene } from "./docker-scene";

// Who ends a sandbox in a container when others are dead: its guest, the engine's reaper, gc. Not proven: an engine's
// machine that loses its power.

const scene = dockerScene();

const stateOf = async (id: string) => scene.docker("inspect", "--format={{.State.Running}}", `sandstack-${id}`);
const hasEnded = (id: string) => async () => (await stateOf(id)) === "false";
const guestOf = async (id: string) =>
  Number(await scene.docker("inspect", "--format={{.State.Pid}}", `sandstack-${id}`));
const reaperIs = async () =>
  scene.docker("inspect", "--format={{.State.Running}}", "sandstack-reaper").catch(() => "not there");

describe("the deadline of a sandbox in a container", () => {
  it("is kept by its guest without a reaper, and by the reaper where the guest stands still, whichever was set last", async () => {
    const [moved, alone] = [await scene.make({ ttl: "3s" }), await scene.make({ ttl: "3s" })];
    await moved.setTimeout("1m");
    await scene.docker("kill", "sandstack-reaper");
    await until("its end", 10_000, hasEnded(alone.sandboxId));
    // A create brings the reaper back, which finds the lease of the first one.
    const stopped = await scene.make({ ttl: "3s" });
    for (const { sandboxId } of [moved, stopped]) process.kill(await guestOf(sandboxId), "SIGSTOP");
    const since = Date.now();
    await until("its end", 20_000, hasEnded(stopped.sandboxId));
    expect(Date.now() - since).toBeGreaterThan(2_000);
    expect(await stopped.result()).toMatchObject({ how: "timed out" });
    expect(await stateOf(moved.sandboxId)).toBe("true");
  });

  it("is kept by the reaper that the engine starts again after somebody killed it", async () => {
    const { sandboxId } = await scene.make({ ttl: "4s" });
    execFileSync("kill", ["-KILL", await scene.docker("inspect", "--format={{.State.Pid}}", "sandstack-reaper")]);
    process.kill(await guestOf(sandboxId), "SIGSTOP");
    await until("its end", 30_000, hasEnded(sandboxId));
    expect(await reaperIs()).toBe("true");
  });

  it("is kept where the engine was killed, and its restart brings back the reaper and no sandbox", async () => {
    const dead = await scene.make({ ttl: "4s" });
    const pid = await guestOf(dead.sandboxId);
    await scene.engine.kill();
    await until("its end, without an engine", 15_000, () => !isThere(pid));
    await scene.engine.startDaemon();
    await until("the reaper", 20_000, async () => (await reaperIs()) === "true");
    expect(await stateOf(dead.sandboxId)).toBe("false");
    expect(await dead.result()).toMatchObject({ how: "timed out" });
  });

  it("comes at once for `sandstack run` whose client is killed", async () => {
    const { child } = start(["run", "--tier", "docker", "--name", "leashed", "--", "sleep", "1000"]);
    const sandbox = await until("the sandbox", 30_000, () => Sandbox.connect("leashed").catch(() => undefined));
    const { connection, commands } = sandbox;
    await until("its command", 10_000, async () => (await commands.list()).length > 0);
    child.kill("SIGKILL");
    await until("its end", 10_000, hasEnded(connection.id));
    expect(await Sandbox.result(connection)).toMatchObject({ how: "killed" });
  });
});

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
