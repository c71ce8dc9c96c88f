import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CACHE, IMPORT_FILE, runEngine, startEngine, writeProject } from "./process";
import { Scene } from "./scene";

// Programs as files, in a process of their own: what they do to a process must not be done to the test's.

const one = (scene: Scene) => `new File("one", { path: ${JSON.stringify(scene.path("a"))}, content: "x" });\n`;

describe("a program", () => {
  it("is TypeScript that loads other files; its outputs are what it exports", async () => {
    const scene = new Scene();
    writeProject(scene, {
      "index.ts": `${IMPORT_FILE}import { text } from "./other";
        const file = new File("one", { path: ${JSON.stringify(scene.path("a"))}, content: text });
        export const size = file.size;
        export const folder = process.cwd();`,
      "other.ts": `enum Kind { A = "from an enum" }\nexport const text: string = Kind.A;`,
    });
    const { ended, outputs } = await runEngine(scene, "up");
    expect(ended).toBe("well");
    expect(outputs).toEqual({ size: 12, folder: scene.folder });
    expect(scene.files()).toEqual({ a: "from an enum" });
    const [resource] = scene.state().resources.filter(({ type }) => type === "file:index:File");
    expect(resource?.sourcePosition).toBe("project:///index.ts#3,22");
    expect(readdirSync(join(CACHE, "sandstack/programs")).length).toBeGreaterThan(1);
    expect((await runEngine(scene, "up")).changes).toEqual({ same: 2 });
  });

  it.each([
    ["index.js", `exports.answer = 42; exports.dir = __dirname;`],
    ["index.mjs", `export const answer = 42; export const dir = import.meta.dirname;`],
    ["index.ts", `module.exports = async () => ({ answer: 42, dir: __dirname });`],
  ])("may be %s", async (name, text) => {
    const scene = new Scene();
    writeProject(scene, { [name]: text }, `main: ${name}\n`);
    const { outputs, message } = await runEngine(scene, "preview");
    expect(message).toBeUndefined();
    expect(outputs).toMatchObject({ answer: 42 });
  });

  it("may be a folder: what its package exports, else its index, and it runs there", async () => {
    const scene = new Scene();
    writeProject(scene, { "package.json": `{ "main": "start.js" }`, "start.js": `exports.ran = "main";` }, "");
    expect((await runEngine(scene, "preview")).outputs).toEqual({ ran: "main" });
    mkdirSync(join(scene.folder, "sub"));
    writeFileSync(join(scene.folder, "sub/package.json"), `{}`);
    writeFileSync(join(scene.folder, "sub/index.ts"), `export const ran = process.cwd();`);
    writeFileSync(
      join(scene.folder, "Pulumi.yaml"),
      `name: project\nruntime: nodejs\nmain: sub\nbackend: { url: "file://." }\n`,
    );
    expect((await runEngine(scene, "preview")).outputs).toEqual({ ran: join(scene.folder, "sub") });
  });

  it("may register resources late: as long as it has something to do, it has not ended", async () => {
    const scene = new Scene();
    writeProject(scene, { "index.ts": `${IMPORT_FILE}setTimeout(() => { ${one(scene)} }, 300);` });
    expect((await runEngine(scene, "up")).changes).toEqual({ create: 2 });
    expect((await runEngine(scene, "up")).changes).toEqual({ same: 2 });
    expect(scene.files()).toEqual({ a: "x" });
  });
});

describe("a program that goes wrong", () => {
  it.each([
    ["throws", `\nfunction f() {\n  throw new TypeError("broken");\n}\nf();`, /^index.ts:4:9: TypeError: broken$/],
    ["has a syntax error", `\nconst x = ;`, /^index.ts:3:11: Expression expected.$/],
    ["throws in an apply", `file.size.apply(() => {\n  throw new Error("late");\n});`, /^index.ts:3:9: Error: late$/],
    ["rejects where nobody waits", `void Promise.reject(new Error("unheard"));`, /^index.ts:2:\d+: Error: unheard$/],
    ["imports what is not there", `import "./nowhere";`, /^index.ts:2:\d+: Error: Cannot find module '.\/nowhere'$/],
    ["ends the process", `process.exit(0);`, /^index.ts:2:\d+: Error: the program called process.exit\(0\)$/],
    [
      "waits for nothing",
      `export = async () => { await new Promise(() => {}); };`,
      /waits for something that never comes/,
    ],
    [
      "reports an error",
      `import * as pulumi from "@pulumi/pulumi"; pulumi.log.error("I give up");`,
      /has reported errors/,
    ],
    [
      "uses transforms",
      `import * as pulumi from "@pulumi/pulumi"; pulumi.runtime.registerResourceTransform(() => undefined);`,
      /^index.ts:2:\d+: Error: transforms: not covered by this engine/,
    ],
  ])("and %s has one clear error, and its state is whole", async (_what, text, message) => {
    const scene = new Scene();
    writeProject(scene, { "index.ts": `${IMPORT_FILE}const file = ${one(scene).trim()}${text}` });
    const result = await runEngine(scene, "up");
    expect(result).toMatchObject({ ended: "badly", code: "PROGRAM_FAILED" });
    expect(result.message).toMatch(message);
    expect(result.stderr).toBe("");
    // What was under way is in the state, and nothing else; the next run works.
    expect(scene.known()).toEqual(Object.keys(scene.files()));
    expect(scene.state().pending).toEqual([]);
    writeFileSync(join(scene.folder, "index.ts"), IMPORT_FILE + one(scene));
    expect((await runEngine(scene, "up")).ended).toBe("well");
    expect(scene.known()).toEqual(["a"]);
  });

  it("and never ends is ended by a signal", async () => {
    const scene = new Scene();
    writeProject(scene, { "index.ts": `${IMPORT_FILE}${one(scene)}setInterval(() => undefined, 1_000);` });
    const engine = startEngine(scene, "up");
    while (!engine.lines.some((line) => "event" in line && line.event === "step-done" && line.step.name === "one")) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    engine.child.kill("SIGINT");
    // The timer would keep the process for good: the engine has ended, and its caller may.
    while (!engine.lines.some((line) => "ended" in line)) await new Promise((resolve) => setTimeout(resolve, 20));
    engine.child.kill("SIGKILL");
    expect(await engine.ending).toMatchObject({ ended: "badly", code: "ABORTED" });
    expect(scene.known()).toEqual(["a"]);
  });
});
