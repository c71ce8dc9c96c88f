import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { File } from "./file-resource";
import { BOOT } from "./process";
import { Scene } from "./scene";

/** A plugin's folder, with an executable of Node's. */
function writePlugin(scene: Scene, script: string): string {
  const folder = join(scene.folder, "plugin");
  mkdirSync(folder);
  const file = join(folder, "pulumi-resource-file");
  writeFileSync(file, `#!${process.execPath}\n${script}`);
  chmodSync(file, 0o755);
  return folder;
}

const serve = (scene: Scene) =>
  `process.argv.splice(1, 1, ${JSON.stringify(join(__dirname, "plugin.ts"))}, ${JSON.stringify(scene.journalFile)});\n${BOOT}`;

describe("a provider that is a plugin", () => {
  it("is started, configured and asked over gRPC, and is gone with the run", async () => {
    const scene = new Scene();
    const plugins = { file: writePlugin(scene, serve(scene)) };
    const project = scene.project({ plugins, config: { "file:region": "here" } });
    const program = (content: string) => () => {
      const one = new File("one", { path: scene.path("a"), content });
      return { size: one.size };
    };
    const { outputs } = await scene.up(program("x"), { project, providers: {} });
    expect(outputs).toEqual({ size: 1 });
    expect(scene.diagnostics("info")).toContain("the plugin was configured");
    const urn = "urn:pulumi:dev::project::file:index:File::one";
    expect(scene.events).toContainEqual({ event: "progress", urn, message: "half way" });
    const pid = /pid (\d+)/.exec(scene.diagnostics("info").join(" "))?.[1];
    expect(pid).toBeDefined();
    await expect.poll(() => isThere(Number(pid)), { timeout: 5_000 }).toBe(false);
    expect(scene.journal()).toEqual(["create a", "create a done"]);
    const failed = scene.up(() => new File("one", { path: scene.path("b"), content: "y", fail: "create" }), {
      project,
      providers: {},
    });
    await expect(failed).rejects.toThrow(/create of .*b with "y" fails as asked \(provider file, create\)/);
    await scene.engine(program("x"), { project, providers: {} }).destroy();
    expect(scene.files()).toEqual({});
  });

  it.each([
    [
      "ends before it tells its port",
      `console.error("no licence"); process.exit(3);`,
      /ended before it told its port \(exit code 3\): no licence/,
    ],
    ["tells no port", `console.log("hello"); setInterval(() => {}, 1000);`, /"hello" is no port/],
  ])("and %s is told", async (_what, script, message) => {
    const scene = new Scene();
    const project = scene.project({ plugins: { file: writePlugin(scene, script) } });
    const program = () => void new File("one", { path: scene.path("a"), content: "x" });
    await expect(scene.up(program, { project, providers: {} })).rejects.toThrow(message);
  });

  it("and dies in the middle is told with its last words; what it was doing stays written down for who looks", async () => {
    const scene = new Scene();
    const project = scene.project({ plugins: { file: writePlugin(scene, serve(scene)) } });
    const program = (content: string) => () => void new File("one", { path: scene.path("a"), content });
    await expect(scene.up(program("die"), { project, providers: {} })).rejects.toThrow(
      /has ended \(exit code 7\): .*last words/,
    );
    expect(scene.state().pending).toMatchObject([{ type: "creating", resource: { inputs: { content: "die" } } }]);
    await scene.up(program("x"), { project, providers: {} });
    expect(scene.diagnostics("warning")).toEqual([expect.stringContaining("may exist")]);
    expect(scene.known()).toEqual(["a"]);
    expect(scene.state().pending).toEqual([]);
  });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
