import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { defaultImage } from "../../src/images";
import { sandstack } from "./cli";
import { destroyAfterEach, Project } from "./stack-scene";
import { onTerminal } from "./terminal";

// Texts that others have written and commands print: through a pipe, and on a real terminal. Not proven: texts that no
// test here makes; test/unit/model/visible.test.ts holds that all of them take the same way.

destroyAfterEach();

/** Sets a title, clears, colours, once more in C1, hides, turns letters around. */
const HOSTILE = "begin\x1b]0;X\x07\x1b[2J\x1b[35m\x9b2J\x7f\u202e\u2066\u061c-END";
// eslint-disable-next-line no-control-regex
const OBEYED = /\x1b\]|\x07|\x1b\[2J|\x1b\[35m|[\x7f-\x9f\u202e\u2066\u061c]/;
const LITERAL = JSON.stringify(HOSTILE);

/** Both ways; the end of the text has to be there, or nothing was shown. */
async function shows(project: Project, args: string[], { cwd = project.folder, env = {} } = {}) {
  const all = { ...process.env, ...project.env, ...env };
  const piped = await sandstack(args, { cwd, env: { ...project.env, ...env } });
  // The command's output is UTF-8, taken byte by byte.
  const text = Buffer.from(piped.stdout + piped.stderr, "latin1").toString("utf8");
  const { shown } = await onTerminal(args, { cwd, env: all }).ended;
  for (const output of [text, shown]) {
    expect(output).toContain("-END");
    expect(output).not.toMatch(OBEYED);
  }
  return text;
}

const program = (body: string) => `
import * as pulumi from "@pulumi/pulumi";
import { SandboxHost, SandboxImage } from "sandstack";
const hostile = ${LITERAL};
${body}
`;

const trees: string[] = [];
afterEach(() => trees.splice(0).forEach((tree) => rmSync(tree, { recursive: true })));

test("the output of a command in an image's run, in the live line and in the error", async () => {
  const { from, packages } = defaultImage();
  const project = new Project(
    program(`
const host = new SandboxHost("lab", { tier: "chroot" });
const run = ["printf 'begin\\\\033]0;X\\\\007\\\\033[2J\\\\302\\\\2332J-'END'\\\\n' >&2; sleep 1; false"];
new SandboxImage("python", { host, ...${JSON.stringify({ from, packages })}, run });`),
  );
  await shows(project, ["up"]);
});

test("what a program prints, logs, names, exports and throws", async () => {
  const project = new Project(
    program(`
console.log(hostile);
pulumi.log.info(hostile);
new pulumi.ComponentResource("a:b:" + hostile, hostile);
export const [out] = [hostile];`),
  );
  await shows(project, ["preview", "--diff"]);
  await shows(project, ["up"]);
  await shows(project, ["up", "--json"]);
  await shows(project, ["stack", "output"]);
  await shows(project, ["stack", "output", "--json"]);
  await shows(project, ["stack", "output", "nothing-END"]);
  await shows(project, ["destroy", "--preview-only"]);
  project.write("index.ts", program("throw new Error(hostile);"));
  await shows(project, ["up"]);
  project.write("index.ts", program(`new SandboxHost(hostile, { tier: hostile as never });`));
  await shows(project, ["preview"]);
});

test("a value that is asked for by name: for people on a terminal, byte for byte in a pipe", async () => {
  const project = new Project(program("export const out = hostile;"));
  await project.say("up");
  const piped = await project.run("stack", "output", "out");
  expect(Buffer.from(piped.stdout, "latin1").toString("utf8")).toBe(`${HOSTILE}\n`);
  const { shown } = await onTerminal(["stack", "output", "out"], {
    cwd: project.folder,
    env: { ...process.env, ...project.env },
  }).ended;
  expect(shown).toContain("-END");
  expect(shown).not.toMatch(OBEYED);
});

describe("a project's files", () => {
  const yaml = (text: string) => `name: lab\nruntime: nodejs\nmain: index.ts\nbackend:\n  url: file://.\n${text}`;
  test.each([
    ["a name", `name: ${LITERAL}\nruntime: nodejs\n`, ["stack", "ls"]],
    ["a runtime", `name: lab\nruntime: ${LITERAL}\n`, ["stack", "ls"]],
    ["a backend", `name: lab\nruntime: nodejs\nbackend: { url: ${LITERAL} }\n`, ["stack", "ls"]],
    ["a program's path", yaml("").replace("index.ts", LITERAL), ["preview"]],
    ["config", yaml(`config: { ${LITERAL}: ${LITERAL} }\n`), ["config", "get"]],
    ["config as JSON", yaml(`config: { ${LITERAL}: ${LITERAL} }\n`), ["config", "get", "--json"]],
    ["a plugin's words", yaml(`plugins: { providers: [{ name: liar, path: plugin }] }\n`), ["preview"]],
  ])("%s", async (_what, text, args) => {
    const project = new Project(program(`new pulumi.CustomResource("liar:index:A", "a", {});`));
    project.write("Pulumi.yaml", text);
    mkdirSync(join(project.folder, "plugin"));
    const plugin = `#!/bin/sh\nprintf '%s\\n' ${JSON.stringify(HOSTILE).replaceAll("\\u001b", HOSTILE[5]!)} >&2; exit 3\n`;
    writeFileSync(join(project.folder, "plugin/pulumi-resource-liar"), plugin, { mode: 0o755 });
    await shows(project, args);
    project.write("Pulumi.yaml", yaml(""));
  });
});

test("an image's reference, files and environment", async () => {
  const project = new Project(program(""));
  const tree = mkdtempSync(join(tmpdir(), `sandstack-${HOSTILE.replaceAll("/", "")}`));
  trees.push(tree);
  mkdirSync(join(tree, "etc"));
  writeFileSync(join(tree, "etc", HOSTILE.replaceAll("/", "")), "");
  await shows(project, ["run", "--tier", "chroot", "--image", `rootfs:${tree}`, "--", "true"]);
  await shows(project, ["image", "inspect", HOSTILE]);
  await shows(project, ["exec", HOSTILE, "--", "true"]);
  await shows(project, [HOSTILE]);
});
