import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { leakCheckEachTest } from "../support/leak-check";
import { sandstack, sandstackJson } from "./cli";
import { destroyAfterEach, Project } from "./stack-scene";

// Sandboxes of a stack that is not the selected one, by the name that its program gives them. Not proven: that every command
// which takes a sandbox has the option (test/unit/cli/stack-option.test.ts).

leakCheckEachTest();
destroyAfterEach();

class OtherStack extends Project {
  override async remove(): Promise<void> {
    await this.run("destroy", "--stack", "other", "--yes");
    await super.remove();
  }
}

interface Listed {
  sandboxId: string;
  name?: string;
  stack?: string;
}

test("a sandbox of another stack is listed by its name and stack, named by the hint, and reached by --stack", async () => {
  const project = new OtherStack();
  await project.say("up", "--stack", "other");
  const elsewhere = { cwd: tmpdir(), env: project.env };

  const [listed] = (await sandstackJson(["ls"])) as Listed[];
  expect(listed).toMatchObject({ name: "agent", stack: "lab/other" });
  const { sandboxId = "" } = listed ?? {};
  for (const { stdout } of [await project.run("ls"), await sandstack(["ls"], elsewhere)]) {
    expect(stdout).toMatch(new RegExp(`^NAME   ID +TIER +STATE +ENDS +STACK\nagent  ${sandboxId} .* lab/other\n$`));
  }
  // Words that lead back to it from here.
  expect(await project.say("ls", "--quiet")).toBe(`${sandboxId}\n`);

  const none = 'sandstack: There is no sandbox "agent" on this machine.\n';
  expect(await project.run("exec", "agent", "--", "true")).toMatchObject({
    code: 1,
    stderr: `${none}Another stack has one: other. Say which: --stack other.\n`,
  });
  expect(await sandstack(["exec", "agent", "--", "true"], elsewhere)).toMatchObject({
    code: 1,
    stderr: `${none}A stack has one: lab/other (${sandboxId}). Use its id, or go to the project's folder.\n`,
  });
  expect(await project.run("exec", "--stack", "other", "nobody", "--", "true")).toMatchObject({
    code: 1,
    stderr: 'sandstack: --stack: other has no sandbox "nobody".\nIt has agent.\n',
  });
  expect(await project.run("exec", "--stack", "nothere", "agent", "--", "true")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^sandstack: There is no stack "nothere" in project lab\.\n/) as string,
  });

  const there = ["--stack", "other"];
  expect(await project.say("exec", ...there, "agent", "--", "echo", "in")).toBe("in\n");
  const before = (await project.say("snapshot", "create", ...there, "agent")).trim();
  expect(await project.say("snapshot", "ls", ...there, "agent")).toContain(before);
  const file = join(project.folder, "greeting");
  writeFileSync(file, "hello");
  await project.say("cp", ...there, file, "agent:/tmp/greeting");
  rmSync(file);
  await project.say("cp", ...there, "agent:/tmp/greeting", file);
  expect(readFileSync(file, "utf8")).toBe("hello");
  await project.say("rollback", ...there, "agent", before);
  expect((await project.run("exec", ...there, "agent", "--", "test", "-e", "/tmp/greeting")).code).toBe(1);
  expect((await project.run("logs", ...there, "agent")).stderr).toContain(
    `Sandbox ${sandboxId} runs, and has no task.`,
  );
  expect((await project.run("shell", ...there, "agent")).stderr).toContain("A shell needs a terminal");
  expect(await project.say("kill", ...there, "agent")).toBe("agent\n");
});
