import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll } from "vitest";
import type { EngineEvent } from "../../src/engine";
import type { Order } from "./child";
import type { Scene } from "./scene";

const ROOT = join(__dirname, "../..");
/** Where compiled programs are kept while the tests run. */
export const CACHE = mkdtempSync(join(tmpdir(), "sandstack-engine-cache-"));
afterAll(() => rmSync(CACHE, { recursive: true, force: true }));
/** Runs the file of TypeScript that `process.argv[1]` names. */
export const BOOT = `
  require(${JSON.stringify(join(ROOT, "dist/src/engine/program/typescript.js"))}).hookTypeScript(process.argv[1]);
  require(process.argv[1]);
`;

export type Line = EngineEvent | Ending;
export interface Ending {
  ended: "well" | "badly";
  code?: string;
  message?: string;
  hint?: string;
  outputs?: Record<string, unknown>;
  changes?: Record<string, number>;
}

export interface EngineProcess {
  child: ChildProcess;
  lines: Line[];
  /** How it told to have ended; `undefined` where it was killed. */
  ending: Promise<Ending | undefined>;
  stderr: () => string;
}

/** An engine in a process of its own. */
export function startEngine(scene: Scene, operation: Order["operation"], more: Partial<Order> = {}): EngineProcess {
  const order: Order = {
    operation,
    projectFile: join(scene.folder, "Pulumi.yaml"),
    journal: scene.journalFile,
    ...more,
  };
  const child = spawn(process.execPath, ["-e", BOOT, join(__dirname, "child.ts"), JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, XDG_CACHE_HOME: CACHE },
  });
  const lines: Line[] = [];
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  createInterface(child.stdout).on("line", (line) => {
    if (line.startsWith("{")) lines.push(JSON.parse(line) as Line);
  });
  const ending = new Promise<Ending | undefined>((resolve) => {
    child.on("close", () => resolve(lines.find((line): line is Ending => "ended" in line)));
  });
  return { child, lines, ending, stderr: () => stderr };
}

/** Runs it to its end. */
export async function runEngine(scene: Scene, operation: Order["operation"], more: Partial<Order> = {}) {
  const engine = startEngine(scene, operation, more);
  const ending = await engine.ending;
  if (ending === undefined) throw new Error(`the engine did not tell how it ended: ${engine.stderr()}`);
  return { ...ending, lines: engine.lines, stderr: engine.stderr() };
}

/** Makes the scene a project with files; `File` is there for them. */
export function writeProject(scene: Scene, files: Record<string, string>, yaml = "main: index.ts\n"): void {
  symlinkSync(join(ROOT, "node_modules"), join(scene.folder, "node_modules"));
  writeFileSync(
    join(scene.folder, "Pulumi.yaml"),
    `name: project\nruntime: nodejs\nbackend: { url: "file://." }\n${yaml}`,
  );
  for (const [name, text] of Object.entries(files)) writeFileSync(join(scene.folder, name), text);
}

/** How a program of the scene imports the resource. */
export const IMPORT_FILE = `import { File } from ${JSON.stringify(join(__dirname, "file-resource"))};\n`;
