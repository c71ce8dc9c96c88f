import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { collectGarbage, getSandbox } from "../../src/tiers";
import { CLI, sandstack } from "../cli/cli";
import { seededRandom } from "../support/random";
import { sleep, until } from "../support/until";
import { dockerScene } from "./docker-scene";

// Engines and their objects that go, stand still or are not what they should be. Not proven: a disk that is full at an
// engine of another machine.

const scene = dockerScene();

describe("an engine that is killed", () => {
  const random = seededRandom();

  it.each([1, 2])(`in the middle of making a sandbox (%i, seed ${random.seed}) leaves what gc finds`, async () => {
    await scene.make();
    const making = scene.make({ name: "unlucky" }).then(
      () => "made",
      (error: { code: string }) => error.code,
    );
    await sleep(random.next() * 350);
    await scene.engine.kill();
    const code = await making;
    expect(["made", "NO_ENGINE", "ENGINE_FAILED", "START_FAILED", "ENDED"]).toContain(code);
    await scene.engine.startDaemon();
    // What the engine had begun is found by its labels; that nothing stays is looked at after each test.
    if (code !== "made") expect((await collectGarbage()).problems).toEqual([]);
  });

  it("before a snapshot, a kill or a listing is named, and the kill is done when it is back", async () => {
    const sandbox = await scene.make();
    await scene.engine.kill();
    await expect(sandbox.createSnapshot()).rejects.toMatchObject({ code: "NO_ENGINE" });
    const listed = await sandstack(["ls"]);
    expect(listed.stderr).toContain("no Docker engine answers");
    await expect(sandbox.kill()).rejects.toMatchObject({ code: "NO_ENGINE" });
    await scene.engine.startDaemon();
    // An engine's restart ends what ran in it.
    expect(await Sandbox.kill(sandbox.sandboxId)).toBe(false);
    expect(getSandbox(sandbox.sandboxId).state).toBe("ended");
  });
});

describe("what somebody did behind our back:", () => {
  it("a container that is paused is ended at its deadline, and by kill", async () => {
    const [late, killed] = [await scene.make({ ttl: "3s" }), await scene.make()];
    for (const { sandboxId } of [late, killed]) await scene.docker("pause", `sandstack-${sandboxId}`);
    await killed.kill();
    const state = () => scene.docker("inspect", "--format={{.State.Running}}", `sandstack-${late.sandboxId}`);
    await until("the end of the late one", 20_000, async () => (await state()) === "false");
  });

  it("a snapshot's volume that is gone is not brought back as nothing", async () => {
    const sandbox = await scene.make();
    await sandbox.files.write("/home/agent/a", "still here");
    const { id } = await sandbox.createSnapshot();
    await scene.docker("volume", "rm", `sandstack-${id}`);
    await expect(sandbox.rollback(id)).rejects.toMatchObject({ code: "NO_SUCH_SNAPSHOT" });
    expect(await sandbox.files.read("/home/agent/a")).toBe("still here");
    await expect(scene.make({ snapshot: id })).rejects.toMatchObject({ code: "NO_SUCH_SNAPSHOT" });
  });

  it("the guest's volume that is gone is made again", async () => {
    await (await scene.make()).kill();
    const volumes = await scene.docker("volume", "ls", "--quiet", "--filter=label=sandstack.kind=guest");
    await scene.docker("volume", "rm", ...volumes.split("\n"));
    await expect(scene.make()).rejects.toMatchObject({
      code: expect.stringMatching(/START_FAILED|ENGINE_FAILED/) as string,
    });
    expect((await (await scene.make()).commands.run(["echo", "well"])).stdout).toBe("well\n");
  });
});

describe("what is told in one clear error:", () => {
  it("a socket that this user may not open", () => {
    chmodSync(scene.engine.socket, 0o660);
    const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    const { status, stderr } = spawnSync(
      "setpriv",
      [...nobody, process.execPath, CLI, "run", "--tier", "docker", "--", "true"],
      {
        encoding: "utf8",
      },
    );
    expect({ status, stderr }).toMatchObject({ status: 1 });
    expect(stderr).toMatch(/^sandstack: docker\.host: this user may not speak to the engine at unix:/);
  });

  // No such engine can be had where we test: the two answers that tell of it are a stand-in's.
  it.each([
    [
      { ApiVersion: "1.40", Version: "19.03", Os: "linux", Arch: process.arch === "x64" ? "amd64" : "arm64" },
      "VERSION",
      /Docker 19\.03 \(API 1\.40\)/,
    ],
    [{ ApiVersion: "1.41", Version: "20.10", Os: "windows", Arch: "amd64" }, "UNSUPPORTED", /containers of windows/],
    [{ ApiVersion: "1.41", Version: "20.10", Os: "linux", Arch: "s390x" }, "UNSUPPORTED", /is for s390x/],
  ])("an engine that says %j (a stand-in's answers)", async (version, code, message) => {
    const folder = mkdtempSync("/var/tmp/sandstack-engine-");
    const path = join(folder, "docker.sock");
    const server = createServer((request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(request.url?.endsWith("/version") ? version : { ID: "x", SecurityOptions: [] }));
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      const making = scene.make({ docker: { host: `unix://${path}` } });
      await expect(making).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    }
  });
});
