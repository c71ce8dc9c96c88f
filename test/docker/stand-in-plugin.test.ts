import * as docker from "@pulumi/docker";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BOOT } from "../engine/process";
import { standInScene } from "./stand-in-scene";

// Who answers for @pulumi/docker: its plugin where that is installed, and what stands in for it where it is not.

const scene = standInScene();
const { version } = JSON.parse(readFileSync(resolve("node_modules/@pulumi/docker/package.json"), "utf8")) as {
  version: string;
};

let usual: string | undefined;
beforeEach(() => {
  usual = process.env["PULUMI_HOME"];
  process.env["PULUMI_HOME"] = join(scene.stack.folder, "home");
});
afterEach(() => {
  if (usual === undefined) delete process.env["PULUMI_HOME"];
  else process.env["PULUMI_HOME"] = usual;
});

/** Where `pulumi plugin install` puts one. */
function install(ofVersion: string): void {
  const folder = join(scene.stack.folder, `home/plugins/resource-docker-v${ofVersion}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "pulumi-resource-docker");
  const script = `process.argv.splice(1, 1, ${JSON.stringify(join(__dirname, "tiny-plugin.ts"))});\n${BOOT}`;
  writeFileSync(file, `#!${process.execPath}\n${script}`);
  chmodSync(file, 0o755);
}

const program = () => ({ id: new docker.Volume("data", { name: "test-data" }).id });

it("nothing of Docker is loaded before a container is asked for", () => {
  const script = `
    require("./dist/src/provider/index.js").createDockerProvider({ log() {} });
    const loaded = Object.keys(require.cache).filter((name) => /dockerode|@pulumi.docker|provider.docker.provider/.test(name));
    console.log(JSON.stringify(loaded));
  `;
  expect(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" })).toBe("[]\n");
});

describe("a plugin of @pulumi/docker", () => {
  it("that is installed in the program's version is the one that is asked", async () => {
    install(version);
    expect((await scene.up(program)).outputs).toEqual({ id: "of-the-plugin" });
    expect(await scene.contents()).toEqual([]);
    await scene.destroy();
  });

  it.each([
    ["in another version", () => install("3.0.0")],
    ["nowhere", () => undefined],
  ])("that is installed %s has a stand-in", async (_where, make) => {
    make();
    expect((await scene.up(program)).outputs).toEqual({ id: "test-data" });
    expect(await scene.contents()).toEqual(["volume test-data"]);
    await scene.destroy();
  });
});
