import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { BOOT, IMPORT_FILE } from "../engine/process";
import { leakCheckEachTest } from "../support/leak-check";
import { sleep } from "../support/until";
import { destroyAfterEach, Project } from "./stack-scene";
import { onTerminal } from "./terminal";

// Ctrl-C in an update. Not proven: each of its moments (test/engine/crash.test.ts kills it at many).

leakCheckEachTest();
destroyAfterEach();

const EMPTY = "export const answer = 42;\n";

test("Ctrl-C ends an update with 130 and a whole state; the next one goes on", async () => {
  const project = new Project('import "@pulumi/pulumi";\nconsole.log("here");\nsetInterval(() => {}, 1000);\n');
  const started = project.start("up");
  await started.shown("here");
  started.child.kill("SIGINT");
  const { code, stdout } = await started.ended;
  expect([code, stdout]).toEqual([130, expect.stringContaining("The update was cancelled.")]);
  expect(existsSync(join(project.folder, ".pulumi/locks/organization/lab/local"))).toBe(false);
  project.write("index.ts", EMPTY);
  expect(await project.say("up")).toContain("answer: 42");
});

/** A project with a provider that makes a file, takes half a minute for it, and can't be hurried. */
function slowProject(): { project: Project; file: string } {
  const project = new Project();
  const file = join(project.folder, "made");
  const slow = JSON.stringify({ path: file, content: "x", ms: 30_000 });
  project.write("index.ts", `${IMPORT_FILE}new File("slow", ${slow});\n`);
  const serve = [resolve("test/engine/plugin.ts"), join(project.folder, "journal")].map((path) => JSON.stringify(path));
  mkdirSync(join(project.folder, "plugin"));
  project.write(
    "plugin/pulumi-resource-file",
    `#!${process.execPath}\nprocess.argv.splice(1, 1, ${serve.join(", ")});\n${BOOT}`,
  );
  chmodSync(join(project.folder, "plugin/pulumi-resource-file"), 0o755);
  project.write(
    "Pulumi.yaml",
    `${project.read("Pulumi.yaml")}plugins:\n  providers:\n    - { name: file, path: plugin }\n`,
  );
  return { project, file };
}

test("a second Ctrl-C does not wait for what is under way; the next update says what may be there, and goes on", async () => {
  const { project, file } = slowProject();
  const env = { ...process.env, ...project.env };
  const up = onTerminal(["up"], { cwd: project.folder, env });
  await up.shows(/file:File +slow +creating/);
  up.type("\x03");
  await up.shows(/Ctrl-C again ends at once\./);
  await sleep(500);
  const at = performance.now();
  up.type("\x03");
  const { code, said, shown } = await up.ended;
  expect([code, said]).toEqual([130, "terminal as before\n"]);
  expect(performance.now() - at).toBeLessThan(5_000);
  expect(shown.endsWith("\x1b[?25h")).toBe(true);
  expect(existsSync(file)).toBe(false);
  project.write("index.ts", EMPTY);
  const next = await project.say("up");
  expect(next).toMatch(/warning: The lock of .* was taken away: that process is gone\./);
  expect(next).toMatch(/^file:File slow: warning: .* it may exist without standing in the state/m);
  expect(next).toContain("answer: 42");
});
