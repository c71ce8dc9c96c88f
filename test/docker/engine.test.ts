import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { DockerEngine } from "../support/docker/engine";
import { leakCheckEachTest } from "../support/leak-check";
import { until } from "../support/until";
import { withHello } from "./hello";

// That the engine which other tests lean on is a real one, of their own, and gone after.

leakCheckEachTest();

const SLEEPER = ["run", "--detach", "--network=none", "hello:1", "/hello", "and stay"];

describe("a Docker engine of the tests' own", () => {
  it("runs containers, with and without its bridge, and leaves nothing", async () => {
    await using engine = await DockerEngine.start();
    await withHello(engine);
    const hello = { code: 0, stdout: "hello from inside\n", stderr: "" };
    expect(await engine.docker(["run", "--rm", "--network=none", "hello:1", "/hello"])).toEqual(hello);
    expect(await engine.docker(["run", "--rm", "hello:1", "/hello"])).toEqual(hello);
    expect((await engine.docker(["ps", "--all", "--quiet"])).stdout).toBe("");
  });

  it("is killed and started again with what it had; beside another, and with a container that still runs", async () => {
    await using engine = await DockerEngine.start({ args: ["--live-restore"] });
    await using other = await DockerEngine.start();
    expect(other.address).not.toBe(engine.address);
    await withHello(engine);
    const { stdout: container } = await engine.docker(SLEEPER);
    await engine.kill();
    expect((await engine.docker(["ps"])).code).not.toBe(0);
    await engine.startDaemon();
    const running = async () => (await engine.docker(["ps", "--quiet", "--no-trunc"])).stdout;
    expect(await running()).toBe(container);
    expect((await other.docker(["ps", "--all", "--quiet"])).stdout).toBe("");
    expect((await other.docker(["images", "--quiet"])).stdout).toBe("");
  });

  it("goes with the process that started it, when that is killed", async () => {
    const program = `
      require(${JSON.stringify(resolve("dist/src/engine/program/typescript.js"))}).hookTypeScript(process.argv[1]);
      require(process.argv[1]);
    `;
    const child = spawn(process.execPath, ["-e", program, resolve("test/docker/child.ts")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = (await once(child.stdout, "data")) as [Buffer];
    expect(said.toString()).toBe("running 0\n");
    child.kill("SIGKILL");
    await once(child, "close");
    await until("its files are gone", 5_000, () => !readdirSync("/var/tmp").some((name) => name.includes("-docker-")));
  });

  it("says why it does not start, and leaves nothing", async () => {
    await expect(DockerEngine.start({ args: ["--no-such-option"] })).rejects.toThrow(/no-such-option/);
  });
});
