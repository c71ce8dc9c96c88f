import { request } from "node:https";
import { describe, expect, it } from "vitest";
import { DockerEngine } from "../support/docker/engine";
import { leakCheckEachTest } from "../support/leak-check";
import { startRegistry } from "../support/registry";
import { withHello } from "./hello";

// That the registry which other tests lean on is a real one: an engine pushes to it and pulls from it.

leakCheckEachTest();

describe("a registry of the tests' own", () => {
  it("keeps what an engine pushes, and gives it back to one", async () => {
    await using engine = await DockerEngine.start();
    await using registry = await startRegistry({ host: engine.machineAddress });
    await withHello(engine);
    const name = `${registry.address}/hello:1`;
    for (const args of [
      ["tag", "hello:1", name],
      ["push", name],
      ["rmi", name, "hello:1"],
      ["pull", name],
    ]) {
      expect(await engine.docker(args)).toMatchObject({ code: 0 });
    }
    expect(await engine.docker(["run", "--rm", name, "/hello"])).toMatchObject({ stdout: "hello from inside\n" });
  });

  it("lets in whom it knows", async () => {
    await using registry = await startRegistry({ login: { name: "me", password: "secret-1" } });
    const ask = (login: string) =>
      fetch(`http://${registry.address}/v2/`, {
        headers: { authorization: `Basic ${Buffer.from(login).toString("base64")}` },
      });
    expect((await ask("me:secret-1")).status).toBe(200);
    expect((await ask("me:secret-2")).status).toBe(401);
    expect((await fetch(`http://${registry.address}/v2/`)).status).toBe(401);
  });

  it("speaks TLS that nobody has reason to trust", async () => {
    await using registry = await startRegistry({ tls: true });
    const status = (rejectUnauthorized: boolean) =>
      new Promise((resolve, reject) => {
        const asked = request(`https://${registry.address}/v2/`, { rejectUnauthorized }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.on("error", reject).end();
      });
    expect(await status(false)).toBe(200);
    await expect(status(true)).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  });
});
