import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeBlocks } from "./code-blocks";
import { testDeclared } from "./declared";

// What `npm pack` makes, in an empty project on a machine without a compiler.
// Not proven: that the other processor's guest works; it is compiled, and no instruction of it runs here.

const run = promisify(execFile);
const CHECKOUT = resolve(".");
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

let work: string;
let tarball: string;
let project: string;
let installed: string;
/** An environment whose PATH has node, npm and a shell, and no compiler. */
let bare: NodeJS.ProcessEnv;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sandstack-pack-"));
  project = join(work, "project");
  installed = join(project, "node_modules/sandstack");
  bare = { ...process.env, PATH: await pathWithoutCompiler() };
  tarball = await pack();
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "private": true }');
  await run("npm", ["install", "--prefer-offline", "--no-audit", tarball], { cwd: project, env: bare });
}, 180_000);

afterAll(() => rmSync(work, { recursive: true, force: true }));

async function pathWithoutCompiler(): Promise<string> {
  const bin = join(work, "bin");
  mkdirSync(bin);
  for (const name of ["node", "npm", "npx", "sh"]) {
    const { stdout } = await run("sh", ["-c", `command -v ${name}`]);
    symlinkSync(stdout.trim(), join(bin, name));
  }
  return bin;
}

/** Packs a copy: what is compiled anew for it is what this checkout's other tests run. */
async function pack(): Promise<string> {
  const copy = join(work, "copy");
  const left = [".git", "node_modules", "dist"].map((name) => join(CHECKOUT, name));
  cpSync(CHECKOUT, copy, { recursive: true, preserveTimestamps: true, filter: (from) => !left.includes(from) });
  symlinkSync(join(CHECKOUT, "node_modules"), join(copy, "node_modules"));
  await run("npm", ["pack", "--pack-destination", work], { cwd: copy });
  return join(work, `sandstack-${version}.tgz`);
}

/** Runs node on a file of the project; gives what it printed. */
async function runProgram(name: string, source: string): Promise<string> {
  writeFileSync(join(project, name), source);
  return (await run(process.execPath, [name], { cwd: project })).stdout;
}

describe("the package", () => {
  it("was installed where there is no compiler", async () => {
    await expect(run("sh", ["-c", "command -v gcc || command -v make"], { env: bare })).rejects.toMatchObject({
      code: 127,
    });
    expect(statSync(join(installed, "package.json")).isFile()).toBe(true);
  });

  it("holds what runs and is read, and nothing else", async () => {
    const { stdout } = await run("find", [".", "-type", "f", "-printf", "%P\n"], { cwd: installed });
    const kinds = new Set(stdout.trim().split("\n").map(kindOf));
    expect([...kinds].sort()).toEqual([
      "LICENSE",
      "README.md",
      "dist/components/….d.ts",
      "dist/components/….js",
      "dist/runtime/….d.ts",
      "dist/runtime/….js",
      "dist/src/….d.ts",
      "dist/src/….js",
      "guest/PROTOCOL.md",
      "guest/bin/linux-arm64/sandstack-guest",
      "guest/bin/linux-x64/sandstack-guest",
      "package.json",
      "plugin/pulumi-resource-sandstack",
    ]);
  });

  it.each([
    ["x64", 0x3e],
    ["arm64", 0xb7],
  ])("holds a static guest for %s (the other processor's is only built, not run)", (arch, machine) => {
    const path = join(installed, `guest/bin/linux-${arch}/sandstack-guest`);
    expect(statSync(path).mode & 0o111).toBe(0o111);
    const program = readFileSync(path);
    expect(program.subarray(0, 4).toString("latin1")).toBe("\x7fELF");
    expect(program.readUInt16LE(18)).toBe(machine);
    expect(segmentTypes(program)).not.toContain(PT_INTERP);
  });

  it("is taken by require and by import", async () => {
    const names = 'Object.keys(m).sort().join(" ")';
    const required = await runProgram("a.cjs", `const m = require("sandstack/runtime"); console.log(${names});`);
    const imported = await runProgram(
      "a.mjs",
      `import { Sandbox } from "sandstack/runtime"; console.log(Sandbox.name);`,
    );
    expect(required.trim()).toBe("CommandExitError Sandbox SandstackError");
    expect(imported.trim()).toBe("Sandbox");
  });

  it.each([
    // Our declarations themselves are checked once: that reads Node's and the language's, too.
    ["nodenext", "nodenext", ["a.cts", "a.mts"], false],
    ["node16", "node16", ["a.cts", "a.mts"], true],
    ["commonjs", "node10", ["a.ts"], true],
  ])("has types for module %s, moduleResolution %s", async (module, moduleResolution, files, skipLibCheck) => {
    expect(await compile({ module, moduleResolution, skipLibCheck }, files)).toBe("");
  });

  it("runs the README's program", async () => {
    expect(await runProgram("readme.mjs", readmeProgram())).toBe("45\n\ntrue\nfalse\n");
  });

  it("has the command, which makes a sandbox", async () => {
    const npx = (...args: string[]) => run("npx", ["sandstack", ...args], { cwd: project });
    expect((await npx("--version")).stdout.trim()).toBe(version);
    expect((await npx("run", "--tier", "chroot", "--", "echo", "hi")).stdout).toBe("hi\n");
  });
});

testDeclared(() => tarball);

const PROGRAM = `import { Sandbox, type CommandResult } from "sandstack/runtime";
export async function f(): Promise<CommandResult> {
  await using sandbox = await Sandbox.create({ tier: "chroot", ttl: "1m" });
  // @ts-expect-error: a type that was not found would take everything
  await sandbox.commands.run(["true"], { timeoutMs: "soon" });
  return sandbox.commands.run(["true"], { timeoutMs: 1_000 });
}
`;

/** What the TypeScript compiler says of PROGRAM; nothing where all is well. */
async function compile(options: object, files: string[]): Promise<string> {
  for (const file of files) writeFileSync(join(project, file), PROGRAM);
  const compilerOptions = {
    ...{ strict: true, noEmit: true, target: "es2022", lib: ["es2023", "esnext.disposable"] },
    ...{ types: ["node"], typeRoots: [join(CHECKOUT, "node_modules/@types")] },
    ...options,
  };
  const config = join(project, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  const tsc = join(CHECKOUT, "node_modules/typescript/bin/tsc");
  const ended = run(process.execPath, [tsc, "-p", config], { cwd: project });
  return (await ended.catch((error: { stdout: string }) => error)).stdout;
}

/** The README's program that needs no declaration, as JavaScript. */
function readmeProgram(): string {
  const program = codeBlocks("README.md", "ts").find((text) => text.includes('"sandstack/runtime"')) ?? "";
  return ts.transpileModule(program, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  }).outputText;
}

/** A path, where only its room and ending tell something. */
function kindOf(path: string): string {
  const room = /^dist\/[^/]+\//.exec(path)?.[0];
  return room === undefined ? path : `${room}…${basename(path).replace(/^[^.]*/, "")}`;
}

const PT_INTERP = 3;

/** The types of a 64-bit ELF program's segments. */
function segmentTypes(program: Buffer): number[] {
  const [offset, size, count] = [
    Number(program.readBigUInt64LE(32)),
    program.readUInt16LE(54),
    program.readUInt16LE(56),
  ];
  return Array.from({ length: count }, (_, index) => program.readUInt32LE(offset + index * size));
}
