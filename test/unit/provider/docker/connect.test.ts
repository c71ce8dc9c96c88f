import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkConfig, reachFor, sameEngine } from "../../../../src/provider/docker/connect";
import { explain } from "../../../../src/provider/docker/failure";

const TCP = "tcp://far:2376";
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sandstack-certificates-"));
  for (const name of ["ca", "cert", "key"]) writeFileSync(join(folder, `${name}.pem`), name);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("an engine is reached", () => {
  it.each([
    ["by its socket", { host: "unix:///run/d.sock" }, {}, { socketPath: "/run/d.sock" }],
    [
      "as the environment says",
      {},
      { DOCKER_HOST: "tcp://near:2375" },
      { protocol: "http", host: "near", port: "2375" },
    ],
    ["by ssh", { host: "ssh://me@far" }, {}, { protocol: "ssh", host: "far", username: "me", port: "22" }],
    [
      "with certificates by their text, whatever the environment says",
      { host: "tcp://far:99", caMaterial: "a", certMaterial: "b", keyMaterial: "c" },
      { DOCKER_CERT_PATH: "/nowhere", DOCKER_TLS_VERIFY: "1" },
      { protocol: "https", host: "far", port: "99", ca: "a", cert: "b", key: "c" },
    ],
  ])("%s", (_what, config, env, reach) => expect(reachFor(config, env)).toMatchObject(reach));

  it("with certificates by their folder", () => {
    const reach = reachFor({ host: "tcp://far:99", certPath: folder }, {});
    const texts = { ca: Buffer.from("ca"), cert: Buffer.from("cert"), key: Buffer.from("key") };
    expect(reach).toEqual({ protocol: "https", host: "far", port: "99", ...texts });
  });
});

describe("the provider's inputs", () => {
  it("have the engine that is meant, so that it is found again", () => {
    const usual = process.env["DOCKER_HOST"];
    process.env["DOCKER_HOST"] = "unix:///run/d.sock";
    expect(checkConfig({ version: "5.2.0" })).toEqual({
      inputs: { version: "5.2.0", host: "unix:///run/d.sock" },
      failures: [],
    });
    // A state that the Pulumi CLI wrote names none.
    expect(sameEngine({}, { host: "unix:///run/d.sock" })).toBe(true);
    expect(sameEngine({ host: "unix:///run/e.sock" }, { host: "unix:///run/d.sock" })).toBe(false);
    if (usual === undefined) delete process.env["DOCKER_HOST"];
    else process.env["DOCKER_HOST"] = usual;
  });

  it.each([
    [{ colour: "blue" }, "colour"],
    [{ registryAuth: '[{"address":"a"}]' }, "registryAuth"],
    [{ sshOpts: '["-v"]' }, "sshOpts"],
    [{ keyMaterial: "x" }, "certMaterial"],
    [{ host: TCP, certPath: "/nowhere" }, "host"],
    [{ certPath: "/nowhere", certMaterial: "a", keyMaterial: "b" }, "certPath"],
  ])("%j are refused for %s", (given, property) => {
    expect(checkConfig(given).failures).toEqual([expect.objectContaining({ property })]);
  });

  it.each([[{ disableDockerDaemonCheck: "true" }], [{ context: "" }], [{ host: TCP, certPath: "" }]])(
    "%j are good",
    (given) => expect(checkConfig(given).failures).toEqual([]),
  );
});

describe("what an engine says is told as", () => {
  const refusal = (statusCode: number, message: string) => Object.assign(new Error(message), { statusCode });
  const broken = (code: string, message = code) => Object.assign(new Error(message), { code });

  it.each([
    [
      refusal(409, 'The container name "/n" is already in use'),
      "making a container",
      "NAME_TAKEN",
      /^name: "n" is taken/,
    ],
    [refusal(404, "No such image: i"), "making a container", "NO_SUCH_IMAGE", /^image: "i" is not in the engine/],
    [
      refusal(403, "Pool overlaps with other one on this address space"),
      "making a network",
      "EXISTS",
      /^ipamConfigs: /,
    ],
    [
      refusal(500, "could not find an available, non-overlapping IPv4 address pool"),
      "making a network",
      "EXISTS",
      /^ipamConfigs: /,
    ],
    [
      refusal(409, "conflict: unable to remove repository reference"),
      "removing an image",
      "ENGINE_FAILED",
      /refused removing an image: conflict/,
    ],
    [refusal(500, "write: no space left on device"), "making a volume", "NO_SPACE", /^No space left/],
    [broken("ENOENT"), "looking at it", "NO_ENGINE", /^docker\.host: no Docker engine answers at tcp:\/\/far:2376/],
    [broken("ECONNRESET"), "making a volume", "NO_ENGINE", /no Docker engine answers/],
    [broken("EACCES"), "looking at it", "PERMISSION_DENIED", /this user may not speak to the engine/],
    [
      broken("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate"),
      "looking at it",
      "NO_ENGINE",
      /TLS fails .*: self-signed certificate\./,
    ],
    [
      broken(
        "EPROTO",
        "80BC:error:0A000412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate:../x.c:1:SSL alert number 42\n",
      ),
      "looking at it",
      "NO_ENGINE",
      /TLS fails .*: sslv3 alert bad certificate\./,
    ],
    [refusal(400, "Client sent an HTTP request to an HTTPS server."), "looking at it", "NO_ENGINE", /TLS fails/],
  ])("%s while %s → %s", (error, doing, code, message) => {
    const told = explain(error, TCP, doing, { name: "n", image: "i" });
    expect(told.code).toBe(code);
    expect(told.message).toMatch(message);
    if (code !== "ENGINE_FAILED" && code !== "NO_SPACE") expect(told.hint).toBeDefined();
  });
});
