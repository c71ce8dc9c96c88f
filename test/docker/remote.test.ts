import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sandstack } from "../cli/cli";
import { dockerScene } from "./docker-scene";

// An engine of another machine, as far as a client can tell: reached by TCP with TLS alone, through `docker exec` for the
// guest. Not proven: ssh://, and an engine whose files this machine could not see if it looked.

const scene = dockerScene({ tls: true });

describe("an engine over TLS", () => {
  it("takes an image, runs commands and carries files", async () => {
    const sandbox = await scene.make();
    expect(sandbox.connection.address).toEqual({
      kind: "docker",
      host: `tcp://${scene.engine.address}:2376`,
      container: `sandstack-${sandbox.sandboxId}`,
    });
    const result = await sandbox.commands.run("cat; echo err >&2; exit 3", { stdin: "in", reject: false });
    expect(result).toMatchObject({ stdout: "in", stderr: "err\n", exitCode: 3 });
    const bytes = Buffer.alloc(5 << 20, "0123456789abcdef!");
    await sandbox.files.write("/home/agent/big", bytes);
    expect((await sandbox.files.read("/home/agent/big", { format: "bytes" })).length).toBe(bytes.length);
    expect((await sandbox.commands.run("wc -c < big; cksum < big")).stdout).toContain(`${bytes.length}\n`);
  });

  it("keeps files and brings them back", async () => {
    const sandbox = await scene.make();
    await sandbox.files.write("/home/agent/a", "one");
    const kept = await sandbox.createSnapshot();
    await sandbox.files.write("/home/agent/a", "two");
    await sandbox.rollback(kept);
    expect(await sandbox.files.read("/home/agent/a")).toBe("one");
  });

  it("serves the command line, whose exit code is the command's", async () => {
    const { code, stdout, stderr } = await sandstack(["run", "--tier", "docker", "--", "sh", "-c", "echo out; exit 7"]);
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: "out\n", stderr: "" });
  });

  it("has a reaper that comes through the engine's own socket", async () => {
    await scene.make();
    expect(await scene.docker("inspect", "--format={{.State.Running}} {{.RestartCount}}", "sandstack-reaper")).toBe(
      "true 0",
    );
  });

  it.each([
    ["without a certificate", {}],
    ["with somebody else's authority", { DOCKER_CERT_PATH: "another" }],
  ])("is refused %s, in one clear error", async (_, change: { DOCKER_CERT_PATH?: string }) => {
    const folder = mkdtempSync(join(tmpdir(), "sandstack-tls-"));
    try {
      if (change.DOCKER_CERT_PATH !== undefined) {
        const { makeCertificates } = await import("../support/docker/certificates.js");
        mkdirSync(join(folder, "x"));
        makeCertificates(join(folder, "another"), scene.engine.address);
      } else {
        for (const name of ["cert.pem", "key.pem"]) writeFileSync(join(folder, name), "");
        writeFileSync(join(folder, "ca.pem"), readFileSync(join(scene.engine.remote.DOCKER_CERT_PATH, "ca.pem")));
      }
      const env = { DOCKER_CERT_PATH: change.DOCKER_CERT_PATH ? join(folder, "another") : folder };
      const { code, stdout, stderr } = await sandstack(["run", "--tier", "docker", "--", "true"], { env });
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(
        /^sandstack: docker\.host: TLS fails between here and the engine at tcp:\/\/[\d.]+:2376: .*\n/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
