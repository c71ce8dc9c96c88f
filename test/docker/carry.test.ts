import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findImage, verifyImage } from "../../src/images";
import { diffTrees } from "../../src/images/tree/diff";
import { listLayers } from "../../src/images/tree/list";
import type { Image } from "../../src/model/image";
import { sandstack } from "../cli/cli";
import { CONFIG, storeCarried } from "../images/carried";
import { useOwnStore } from "../images/own-store";
import { DockerEngine } from "../support/docker/engine";
import { startRegistry, type Registry } from "../support/registry";

// An image of ours through a real registry and a real Docker engine, and back: the same files, the same digest.

let engine: DockerEngine;
let registry: Registry;
beforeAll(async () => {
  engine = await DockerEngine.start();
  registry = await startRegistry({ host: engine.machineAddress });
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

useOwnStore();
let folder: string;
let image: Image;
beforeEach(async () => {
  folder = mkdtempSync("/var/tmp/sandstack-carry-");
  image = await storeCarried();
});
afterEach(() => rmSync(folder, { recursive: true }));

async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await sandstack(["image", ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trim();
}

async function docker(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await engine.docker(args);
  if (code !== 0) throw new Error(`docker ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

/** What Docker puts into every container beside its image. */
const DOCKERS_OWN = /^\/(\.dockerenv|dev|proc|sys|etc\/(hosts|hostname|resolv\.conf|mtab))(\/|$)/;

/** In which files the image's tree and that of a container of it differ, looked at as its first process sees them. */
async function differencesInside(name: string): Promise<unknown[]> {
  const container = await docker("run", "--detach", "--network=none", name, "/bin/hello", "and stay");
  const root = `/proc/${await docker("inspect", "--format={{.State.Pid}}", container)}/root`;
  const tree = join(folder, "seen");
  mkdirSync(tree);
  execFileSync("cp", ["--archive", "--one-file-system", `${root}/.`, tree]);
  await docker("rm", "--force", container);
  const found = diffTrees(await listLayers(image.layers), await listLayers([tree]));
  rmSync(tree, { recursive: true });
  // The container's own files change the times of the two directories that they are put into.
  return found.filter(
    ({ path, differs }) => !DOCKERS_OWN.test(path) && !(/^\/(etc)?$/.test(path) && differs.join() === "time"),
  );
}

describe("an image of ours in Docker", () => {
  it("is loaded from an archive, runs, and has the same files and config", async () => {
    await ok("export", image.digest, join(folder, "image.tar"));
    expect(await docker("load", "--input", join(folder, "image.tar"))).toMatch(
      /^Loaded image: sandstack:[0-9a-f]{12}$/,
    );
    const name = `sandstack:${image.digest.slice(7, 19)}`;
    expect(await docker("run", "--rm", "--network=none", name, "/bin/hello")).toBe("hello from inside");
    expect(await differencesInside(name)).toEqual([]);
    const [{ Config: config }] = JSON.parse(await docker("image", "inspect", name)) as [
      { Config: Record<string, unknown> },
    ];
    expect(config).toMatchObject({ Env: ["EMPTY=", "PLACE=the sandbox"], User: CONFIG.user, WorkingDir: CONFIG.cwd });
  });

  it("is pushed to a registry, pulled by an engine, pushed by it under another name, and comes back with its digest", async () => {
    const name = `${registry.address}/team/agent:1`;
    const pushed = await ok("push", "--tls-verify=false", image.digest, name);
    await docker("pull", `${registry.address}/team/agent@${pushed}`);
    await docker("pull", name);
    expect(await docker("run", "--rm", "--network=none", name, "/bin/hello")).toBe("hello from inside");
    expect(await differencesInside(name)).toEqual([]);
    const again = `${registry.address}/team/again:2`;
    await docker("tag", name, again);
    await docker("push", again);
    await docker("rmi", "--force", name, again);

    for (const reference of [name, again]) {
      const state = mkdtempSync(join(folder, "state-"));
      const before = process.env["SANDSTACK_STATE_DIR"];
      process.env["SANDSTACK_STATE_DIR"] = state;
      try {
        expect(await ok("pull", "--tls-verify=false", reference)).toBe(image.digest);
        const back = (await findImage(image.digest)) as Image;
        expect(back).toMatchObject({ digest: image.digest, reference, config: CONFIG, sizeBytes: image.sizeBytes });
        expect(await verifyImage(image.digest)).toBe(true);
        expect(diffTrees(await listLayers(image.layers), await listLayers(back.layers))).toEqual([]);
        expect(readFileSync(join(back.layers[0] as string, "opt/gone/new"), "utf8")).toBe("beside what is hidden\n");
      } finally {
        process.env["SANDSTACK_STATE_DIR"] = before;
      }
    }
  });

  it("comes back from what `docker save` writes", async () => {
    await ok("export", image.digest, join(folder, "image.tar"));
    await docker("load", "--input", join(folder, "image.tar"));
    await docker("save", "--output", join(folder, "saved.tar"), `sandstack:${image.digest.slice(7, 19)}`);
    const state = mkdtempSync(join(folder, "state-"));
    const { code, stdout } = await sandstack(["image", "import", join(folder, "saved.tar")], {
      env: { SANDSTACK_STATE_DIR: state },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${image.digest}\n` });
  });
});
