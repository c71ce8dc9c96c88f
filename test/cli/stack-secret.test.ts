import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { leakCheckEachTest } from "../support/leak-check";
import { quietly } from "../support/leaks/quietly";
import { sandstack } from "./cli";
import { AGENT, destroyAfterEach, Project } from "./stack-scene";

// A secret on its way from config into a sandbox. Not proven: that it is not in memory, or in swap.

leakCheckEachTest();
destroyAfterEach();

const SECRET = "s3cr3t-of-the-agent";
const BOTH =
  'const token = config.requireSecret("token");\n  const given = { limits, secrets: { TOKEN: token }, env: { SAME: token } };';
const PROGRAM = AGENT.replace("  const agent", `  ${BOTH}\n  const agent`).replace("limits, ttl", "...given, ttl");

/** Every file below a folder as one text; links are not followed. */
function everything(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => quietly(() => readFileSync(join(parentPath, name), "latin1")) ?? "")
    .join("\n");
}

/** Arguments and environments of every process. */
function processTable(): string {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const of = (pid: string, file: string) => quietly(() => readFileSync(join("/proc", pid, file), "latin1")) ?? "";
  return pids.flatMap((pid) => [of(pid, "cmdline"), of(pid, "environ")]).join("\n");
}

test("is in clear in the sandbox's commands, and nowhere else", async () => {
  const project = new Project(PROGRAM);
  const set = { cwd: project.folder, env: project.env, input: SECRET };
  expect((await sandstack(["config", "set", "--secret", "token"], set)).code).toBe(0);
  const up = project.start("up", "--diff", "--json");
  const tables: string[] = [];
  while (up.child.exitCode === null) {
    tables.push(processTable());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { code, stdout, stderr } = await up.ended;
  expect([code, stderr]).toEqual([0, ""]);
  expect(await project.say("exec", "agent", "--", "printenv", "TOKEN", "SAME")).toBe(`${SECRET}\n${SECRET}\n`);
  expect(await project.changes("up")).toEqual({ same: 8 });
  expect((await sandstack(["config", "set", "--secret", "token"], { ...set, input: `${SECRET}-2` })).code).toBe(0);
  const changed = await project.say("up", "--diff");
  expect(changed).toMatch(/^ ~ sandstack:local:Instance agent updated /m);
  for (const path of ["env.SAME", "secrets.TOKEN"])
    expect(changed).toContain(`~ ${path}: [secret] => [secret]
`);
  expect(await project.say("exec", "agent", "--", "printenv", "TOKEN")).toBe(`${SECRET}-2\n`);
  const ledger = everything(join(process.env["SANDSTACK_STATE_DIR"] as string, "sandboxes"));
  const shown = [stdout, changed, await project.say("preview", "--diff"), await project.say("destroy", "--json")];
  const all = [...tables, processTable(), ...shown, ledger, everything(join(project.folder, ".pulumi"))];
  expect(tables.length).toBeGreaterThan(5);
  expect(all.filter((text) => text.includes(SECRET))).toEqual([]);
  // The control: each kind of place is really looked at.
  expect(tables.join("")).toContain("dist/src/cli/main.js");
  expect(ledger).toContain("own-");
  expect(everything(join(project.folder, ".pulumi"))).toContain('"kind":"destroy"');
});
