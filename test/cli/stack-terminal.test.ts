import { expect, test } from "vitest";
import { leakCheckEachTest } from "../support/leak-check";
import { destroyAfterEach, Project, running } from "./stack-scene";
import { onTerminal } from "./terminal";

// What a person sees at a terminal of 80 columns. Not proven: how other terminals show the same bytes.

leakCheckEachTest();
destroyAfterEach();

const ESCAPE = "\x1b";
/** What moves the cursor or colours. */
const ESCAPES = new RegExp(`${ESCAPE}\\[\\??[\\d;]*[A-Za-z]`, "g");

/** As a person without a passphrase in the environment. */
function at(project: Project, ...args: string[]) {
  const env = { ...process.env, ...project.env };
  delete env["PULUMI_CONFIG_PASSPHRASE"];
  return onTerminal(args, { cwd: project.folder, env });
}

test("up asks for a passphrase, twice for a new stack, and shows it nowhere; the tree stays when it is over", async () => {
  const project = new Project();
  const first = at(project, "up");
  await first.shows(/A passphrase for the secrets of the new stack local: $/);
  first.type("correct horse\r");
  await first.shows(/The same again: $/);
  first.type("correct horse\r");
  const { code, said, shown } = await first.ended;
  expect([code, said]).toEqual([0, "terminal as before\n"]);
  expect(shown).not.toContain("horse");
  const screen = shown.slice(shown.lastIndexOf("\x1b[J")).replaceAll(ESCAPES, "").replaceAll("\r", "");
  expect(screen).toMatch(
    /^ \+ pulumi:pulumi:Stack +lab-local +created \d\.\ds\n \+ ├─ sandstack:SandboxHost +lab +created/,
  );
  expect(screen).toMatch(/^ \+ {4}└─ sandstack:local:Instance +agent +created \d\.\ds$/m);
  expect(screen).toMatch(/^Resources: \+ 8 created$/m);
  const again = at(project, "preview");
  await again.shows(/Passphrase of stack local: $/);
  again.type("wrong\r");
  expect(await again.ended).toMatchObject({
    code: 1,
    shown: expect.stringMatching(/not the one that this stack/) as string,
  });
});

test("destroy asks before it begins, and anything but yes is no; Ctrl-C at a question is the end", async () => {
  const project = new Project();
  await project.say("up");
  const env = { ...process.env, ...project.env };
  const refused = onTerminal(["destroy"], { cwd: project.folder, env });
  await refused.shows(/Destroy all that lab\/local has made\? \[y\/N\] /);
  refused.type("\r");
  expect(await refused.ended).toMatchObject({ code: 1, shown: expect.stringContaining("Nothing was done.") as string });
  const left = onTerminal(["destroy"], { cwd: project.folder, env });
  await left.shows(/\[y\/N\] /);
  left.type("\x03");
  expect(await left.ended).toMatchObject({ code: 130, said: "terminal as before\n" });
  expect(running()).toEqual([project.sandbox]);
  const agreed = onTerminal(["destroy"], { cwd: project.folder, env });
  await agreed.shows(/\[y\/N\] /);
  agreed.type("y\r");
  expect(await agreed.ended).toMatchObject({ code: 0, shown: expect.stringContaining("left: nothing") as string });
});
