import * as docker from "@pulumi/docker";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeCertificates } from "../support/docker/certificates";
import { standInScene } from "./stand-in-scene";

// What an engine refuses, or cannot, and what is said of it; and an engine that is reached over TLS alone.

const scene = standInScene({ tls: true });
const STAYS = { image: "hello:1", command: ["/hello", "stay"], networkMode: "none" };

/** What an update that fails says; nothing is left of it. */
async function failure(program: () => void): Promise<string> {
  const thrown: unknown = await scene.up(program).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Error)) throw new Error("it went well");
  return `${thrown.message} ${(thrown as { hint?: string }).hint ?? ""}`;
}

describe("is told by its option, and leaves nothing:", () => {
  it("no engine", async () => {
    const provider = () => new docker.Provider("nowhere", { host: "unix:///nowhere/docker.sock" });
    const said = await failure(() => void new docker.Volume("data", {}, { provider: provider() }));
    expect(said).toMatch(/no Docker engine answers at unix:\/\/\/nowhere\/docker.sock \(ENOENT\).*Start it/);
    expect(scene.stack.state().pending).toEqual([]);
  });

  it.each([
    ["no host", { host: "http://x" }, /host: .*"http:\/\/x" is not valid.*tcp:\/\//],
    [
      "certificates that are nowhere",
      { host: "tcp://127.0.0.1:2376", certPath: "/nowhere" },
      /"\/nowhere" has no readable/,
    ],
    ["half of a client's certificate", { certMaterial: "x" }, /certMaterial: goes with keyMaterial/],
    ["a context", { context: "default" }, /context: is not covered where the docker plugin is not installed/],
  ])("%s", async (_what, args, message) => {
    const said = failure(() => void new docker.Volume("data", {}, { provider: new docker.Provider("p", args) }));
    expect(await said).toMatch(message);
  });

  it("a name that somebody else has", async () => {
    await scene.docker("volume", "create", "taken");
    await scene.docker("network", "create", "taken");
    await scene.docker("create", "--name=taken", "hello:1", "/hello");
    for (const program of [
      () => void new docker.Volume("one", { name: "taken" }),
      () => void new docker.Network("one", { name: "taken" }),
      () => void new docker.Container("one", { ...STAYS, name: "taken" }),
    ]) {
      expect(await failure(program)).toMatch(
        /name: "taken" is taken in the engine at .*by what this stack did not make/,
      );
    }
    await scene.destroy();
    expect(await scene.contents()).toEqual(["container taken", "network taken", "volume taken"]);
    await scene.docker("rm", "taken");
    await scene.docker("network", "rm", "taken");
    await scene.docker("volume", "rm", "taken");
  });

  it("an image that nobody has", async () => {
    const image = "127.0.0.1:9/nobody/nothing:1";
    const message = /"127.0.0.1:9\/nobody\/nothing:1" is not in the engine at .*, and cannot be pulled: /;
    expect(await failure(() => void new docker.RemoteImage("one", { name: image }))).toMatch(message);
    expect(await failure(() => void new docker.Container("one", { ...STAYS, image }))).toMatch(message);
    const id = `sha256:${"0".repeat(64)}`;
    expect(await failure(() => void new docker.Container("one", { ...STAYS, image: id }))).toMatch(
      /image: "sha256:0+" is not/,
    );
  });

  it("a range of addresses that is taken", async () => {
    const ipamConfigs = [{ subnet: "10.199.8.0/24" }];
    await scene.docker("network", "create", "--subnet=10.199.8.0/24", "first");
    const said = await failure(() => void new docker.Network("second", { ipamConfigs }));
    expect(said).toMatch(/ipamConfigs: the engine at .* has that range in use.*Give another subnet/);
    await scene.docker("network", "rm", "first");
  });

  it("a container that does not start", async () => {
    const said = await failure(() => void new docker.Container("one", { ...STAYS, entrypoints: ["/no-such"] }));
    expect(said).toMatch(/refused starting a container: .*no-such/);
    expect(await scene.contents()).toEqual([]);
    expect(await failure(() => void new docker.Container("one", { ...STAYS, runtime: "kata" }))).toMatch(/kata/);
  });

  it("what only the plugin has", async () => {
    const args = { ...STAYS, gpus: "all", colour: "blue" } as docker.ContainerArgs;
    const said = await failure(() => void new docker.Container("one", args));
    expect(said).toMatch(/gpus: is not covered where the docker plugin is not installed.*pulumi plugin install/);
    expect(await failure(() => void new docker.Tag("one", { sourceImage: "hello:1", targetImage: "x:1" }))).toMatch(
      /docker:index\/tag:Tag is not covered where the docker plugin is not installed/,
    );
    const asked = scene.up(async () => ({ net: (await docker.getNetwork({ name: "bridge" })).id }));
    await expect(asked).rejects.toThrow(/getNetwork is not covered where the docker plugin is not installed/);
    const got = scene.up(() => ({ name: docker.Container.get("one", "x").name }));
    await expect(got).rejects.toThrow(/Container x can't be imported/);
  });
});

describe("over TLS", () => {
  const certificates = () => scene.engine.remote.DOCKER_CERT_PATH;
  const text = (name: string) => readFileSync(join(certificates(), name), "utf8");
  const host = () => scene.engine.remote.DOCKER_HOST;
  const materials = () => ({
    caMaterial: text("ca.pem"),
    certMaterial: text("cert.pem"),
    keyMaterial: text("key.pem"),
  });

  it.each([
    ["with certificates by their folder", () => ({ host: host(), certPath: certificates() })],
    ["with certificates by their text", () => ({ host: host(), ...materials() })],
  ])("%s it makes and removes; the key is no plain text in the state", async (_what, args) => {
    const program = () => {
      const provider = new docker.Provider("far", args());
      return { id: new docker.Container("box", STAYS, { provider }).id };
    };
    const { id } = (await scene.up(program)).outputs;
    expect(await scene.inspect(id, "State.Running")).toBe("true");
    expect((await scene.up(program)).changes).toEqual({ same: 3 });
    expect(scene.stack.stateText()).not.toContain(text("key.pem").split("\n")[1]);
    await scene.destroy();
  });

  it("says that TLS is wrong, where it is", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sandstack-tls-"));
    try {
      makeCertificates(join(folder, "other"), scene.engine.address);
      const other = (name: string) => readFileSync(join(folder, "other", name), "utf8");
      const stranger = { caMaterial: text("ca.pem"), certMaterial: other("cert.pem"), keyMaterial: other("key.pem") };
      for (const args of [
        { certPath: join(folder, "other") },
        { ...materials(), caMaterial: other("ca.pem") },
        stranger,
      ]) {
        const provider = () => new docker.Provider("far", { host: host(), ...args });
        const said = await failure(() => void new docker.Volume("data", {}, { provider: provider() }));
        expect(said).toMatch(
          /docker.host: TLS fails between here and the engine at tcp:.*certPath of a docker.Provider, takes/,
        );
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
