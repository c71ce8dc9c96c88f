import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultImage } from "../../src/images";
import { running } from "../cli/stack-scene";
import { leakCheckEachTest } from "../support/leak-check";
import { codeBlocks } from "./code-blocks";

const run = promisify(execFile);
const GUIDE = "docs/own-project.md";

/** What docs/own-project.md and the README tell a user to install, write and type, as they stand there. */
export function testDeclared(tarball: () => string): void {
  describe("declared in a project of a user's own", () => {
    leakCheckEachTest();

    const [yaml = ""] = codeBlocks(GUIDE, "yaml");
    const [sample = ""] = codeBlocks(GUIDE, "ts").map(forThisMachine);
    const ofReadme = codeBlocks("README.md", "ts").filter((text) => text.includes('from "sandstack";'));
    const [install = "", commands = ""] = codeBlocks(GUIDE, "sh");
    let project: string;
    let env: NodeJS.ProcessEnv;

    beforeAll(async () => {
      project = mkdtempSync(join(tmpdir(), "sandstack-own-"));
      const home = join(project, "home");
      env = { ...process.env, PULUMI_CONFIG_PASSPHRASE: "horse", PULUMI_HOME: home, XDG_CACHE_HOME: home };
      writeFileSync(join(project, "package.json"), '{ "private": true }');
      writeFileSync(join(project, "Pulumi.yaml"), yaml);
      for (const line of linesOf(install)) await inProject(pinned(line, tarball()));
    }, 180_000);
    afterAll(() => rmSync(project, { recursive: true, force: true }));

    /** What a line of the shell prints, typed in the project. */
    async function inProject(line: string): Promise<string> {
      return (await run("sh", ["-c", line], { cwd: project, env })).stdout;
    }

    function write(name: string, text: string): void {
      writeFileSync(join(project, name), text);
    }

    /** What the project's own TypeScript says; nothing where all is well. */
    async function check(module: string, files: string[]): Promise<string> {
      const compilerOptions = { strict: true, noEmit: true, skipLibCheck: true, target: "es2022", module };
      write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
      return inProject("npx tsc").catch((error: { stdout: string }) => error.stdout);
    }

    it.each(["nodenext", "node16"])("the samples have types for module %s", async (module) => {
      expect([sample, ofReadme]).toEqual([expect.stringContaining("SandboxInstance("), [expect.anything()]]);
      write("index.ts", sample);
      write("readme.ts", ofReadme[0] ?? "");
      write("esm.mts", ofReadme[0] ?? "");
      const wrong = sample.replace(
        /^(.*)ttl: "15m"/m,
        "// @ts-expect-error: a type that was not found takes all\n$1ttl: false",
      );
      expect(wrong).toContain("ttl: false");
      write("wrong.ts", wrong);
      expect(await check(module, ["index.ts", "readme.ts", "esm.mts", "wrong.ts"])).toBe("");
    });

    it.each([
      ["TypeScript", "index.ts", undefined],
      ["JavaScript by require", "index.js", ts.ModuleKind.CommonJS],
      ["JavaScript by import", "index.mjs", ts.ModuleKind.ESNext],
    ])("the sample runs as %s, by what the guide says to type", async (_, main, module) => {
      const text = module === undefined ? sample : toJavaScript(sample, module);
      expect(text).toContain(main === "index.js" ? 'require("sandstack")' : 'from "sandstack"');
      write(main, text);
      write("Pulumi.yaml", yaml.replace("main: index.ts", `main: ${main}`));
      const [up = "", exec = "", destroy = ""] = linesOf(commands);
      expect(await inProject(up)).toMatch(/^Resources: \+ 8 created$/m);
      expect(await inProject(exec)).toMatch(/^Python 3\.\d+\.\d+$/m);
      const connection = JSON.parse(await inProject("npx sandstack stack output sandbox")) as { id: string };
      expect(connection).toMatchObject({ tier: "nspawn", id: expect.stringMatching(/^sbx-/) as string });
      expect(running()).toEqual([connection.id]);
      expect(await inProject(destroy)).toMatch(/^ {4}left: nothing$/m);
      expect(running()).toEqual([]);
      expect(readFileSync(join(project, ".pulumi/stacks/lab/local.json"), "utf8")).not.toContain("urn:pulumi");
    });
  });
}

/** The sample's suite may be another than this machine's, whose image is at hand. */
function forThisMachine(text: string): string {
  return text.replace('{ debian: "bookworm" }', JSON.stringify(defaultImage().from));
}

function linesOf(block: string): string[] {
  return block.split("\n").filter((line) => line !== "");
}

/** The tarball in the place of what the registry does not have yet; of the others what this checkout has, which npm keeps. */
function pinned(line: string, tarball: string): string {
  const version = (name: string) =>
    (JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8")) as { version: string }).version;
  return line
    .replace("npm install", "npm install --prefer-offline --no-audit --no-fund")
    .replace(" sandstack ", ` ${tarball} `)
    .replace(/(@pulumi\/pulumi|@types\/node|typescript)(@\d+)?/g, (_, name: string) => `${name}@${version(name)}`);
}

function toJavaScript(program: string, module: ts.ModuleKind): string {
  return ts.transpileModule(program, { compilerOptions: { module, target: ts.ScriptTarget.ES2022 } }).outputText;
}
