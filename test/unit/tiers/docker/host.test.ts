import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { defaultHost } from "../../../../src/model/docker/default-host";
import { reachOf, socketOf } from "../../../../src/tiers/docker/host";

const folder = mkdtempSync(join(tmpdir(), "sandstack-certs-"));
for (const name of ["ca", "cert", "key"]) writeFileSync(join(folder, `${name}.pem`), name);
afterAll(() => rmSync(folder, { recursive: true }));

describe("the place of an engine", () => {
  it.each([
    [{}, "unix:///var/run/docker.sock"],
    [{ DOCKER_HOST: "" }, "unix:///var/run/docker.sock"],
    [{ DOCKER_HOST: "tcp://a:2376" }, "tcp://a:2376"],
  ])("with %j is %s", (env, host) => expect(defaultHost(env)).toBe(host));

  it.each([
    ["unix:///run/d.sock", {}, { socketPath: "/run/d.sock" }],
    ["tcp://a:2375", {}, { protocol: "http", host: "a", port: "2375" }],
    ["tcp://a:2376", {}, { protocol: "https", host: "a", port: "2376" }],
    ["tcp://a:1", { DOCKER_TLS_VERIFY: "1" }, { protocol: "https", host: "a", port: "1" }],
    [
      "tcp://a:2376",
      { DOCKER_CERT_PATH: folder },
      { protocol: "https", ca: Buffer.from("ca"), cert: Buffer.from("cert"), key: Buffer.from("key") },
    ],
    ["ssh://me@a", { SSH_AUTH_SOCK: "/s" }, { protocol: "ssh", host: "a", port: "22", username: "me" }],
  ])("%s with %j is reached so", (host, env, how) => expect(reachOf(host, env)).toMatchObject(how));

  it.each(["", "unix://", "unix://relative", "ftp://a", "tcp://a", "http://a:1", "nonsense"])(
    "%j is refused",
    (host) => {
      expect(() => reachOf(host, {})).toThrow(
        expect.objectContaining({
          code: "INVALID_OPTION",
          message: `docker.host: ${JSON.stringify(host)} is not valid.`,
        }),
      );
    },
  );

  it("names the certificate that is not there", () => {
    expect(() => reachOf("tcp://a:2376", { DOCKER_CERT_PATH: "/nowhere" })).toThrow(
      expect.objectContaining({ code: "NOT_FOUND", message: 'DOCKER_CERT_PATH: "/nowhere" has no readable ca.pem.' }),
    );
  });

  it("is a socket of this machine or none", () => {
    expect([socketOf("unix:///a"), socketOf("tcp://a:1")]).toEqual(["/a", undefined]);
  });
});
