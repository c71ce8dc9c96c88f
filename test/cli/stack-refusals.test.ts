import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { leakCheckEachTest } from "../support/leak-check";
import { sandstack } from "./cli";
import { AGENT, destroyAfterEach, Project } from "./stack-scene";

// What goes wrong before anything is made, and stacks and config by themselves: programs without resources.

leakCheckEachTest();
destroyAfterEach();

const EMPTY = "export const answer = 42;\n";

/** Every file of a project but its packages, as one text. */
function everything(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8")).join("\n");
}

describe("a passphrase", () => {
  test("that is not given, where nobody can be asked", async () => {
    const project = new Project(EMPTY);
    project.env = { ...project.env, PULUMI_CONFIG_PASSPHRASE: undefined };
    const { code, stdout, stderr } = await project.run("up");
    expect([code, stdout]).toEqual([1, expect.not.stringContaining("created")]);
    expect(stderr).toBe(
      "sandstack: Stack local: no passphrase is given for its secrets.\nSet PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.\n",
    );
    expect(existsSync(join(project.folder, ".pulumi/stacks"))).toBe(false);
  });

  test("that is another one; from a file the right one", async () => {
    const project = new Project(EMPTY);
    await project.say("up");
    const before = project.read(".pulumi/stacks/lab/local.json");
    project.env = { ...project.env, PULUMI_CONFIG_PASSPHRASE: "wrong" };
    const { code, stderr } = await project.run("up");
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^sandstack: The passphrase is not the one/)]);
    expect(project.read(".pulumi/stacks/lab/local.json")).toBe(before);
    project.write("passphrase", "correct horse\n");
    const path = join(project.folder, "passphrase");
    project.env = { ...project.env, PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: path };
    expect(await project.say("stack", "output", "answer")).toBe("42\n");
  });
});

describe("one clear error", () => {
  test.each([
    ["a syntax error", "const a = 1;\nconst b = ;\n", /index\.ts:2:11.*Expression expected/],
    ["a throw", 'const a = 1;\nthrow new Error("no way");\n', /index\.ts:2:7: Error: no way/],
    [
      "a missing image",
      'import { SandboxHost, SandboxInstance } from "sandstack";\nconst host = new SandboxHost("lab", { tier: "chroot" });\nnew SandboxInstance("agent", { host } as never);\n',
      /^sandstack: index\.ts:3:1: SandboxInstance "agent": image is missing\./,
    ],
    [
      "what an image can't have, named once",
      'import { SandboxHost, SandboxImage } from "sandstack";\nconst host = new SandboxHost("lab", { tier: "chroot" });\nnew SandboxImage("a", { host, from: { oci: "./x" }, packages: ["git"] });\n',
      /^sandstack: sandstack:local:Image "a" at index\.ts:3:1: packages: git cannot go into an OCI image\./,
    ],
    [
      "what a tier can't do",
      AGENT.replace('ttl: config.get("ttl") ?? "2m"', 'user: "root", ttl: "2m"'),
      /sandstack:local:Instance "agent" at index\.ts:12:\d+: .*"root" is refused on tier chroot/,
    ],
  ])("for %s in the program, with its line", async (_, program, message) => {
    const project = new Project(program);
    const { code, stderr } = await project.run("up");
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stderr.match(/^sandstack: /gm)).toHaveLength(1);
    project.write("index.ts", EMPTY);
    expect(await project.say("up")).toContain("answer: 42");
  });

  test("for a stack that somebody has locked; a dead one's lock is taken away", async () => {
    const project = new Project(EMPTY);
    await project.say("up");
    const locks = join(project.folder, ".pulumi/locks/organization/lab/local");
    const lock = (pid: number, host: string) => {
      mkdirSync(locks, { recursive: true });
      const timestamp = new Date().toISOString();
      writeFileSync(join(locks, "other.json"), JSON.stringify({ pid, username: "jo", hostname: host, timestamp }));
    };
    lock(1, "elsewhere");
    const { code, stderr } = await project.run("up");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^sandstack: The stack is locked by jo@elsewhere \(pid 1\)/),
    ]);
    rmSync(locks, { recursive: true });
    lock(2 ** 22 + 1, hostname());
    expect(await project.say("up")).toMatch(/warning: The lock of jo@.* was taken away/);
  });

  test("where there is no project", async () => {
    const { code, stderr } = await sandstack(["up"], { cwd: "/" });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^sandstack: There is no Pulumi.yaml in \/, nor/)]);
  });

  test("for a program that this repository does not have, with those that it has", async () => {
    const project = new Project(readFileSync("stacks/index.ts", "utf8"));
    const { code, stderr } = await project.run("up", "--stack", "nope");
    expect([code, stderr]).toEqual([1, expect.stringMatching(/there is no program "nope", only local/)]);
  });
});

describe("what a program prints", () => {
  test("is shown, and breaks no JSON; what it left running does not keep the process after a failure", async () => {
    const program =
      'console.log("said");\nconsole.error("cried");\nsetInterval(() => {}, 1000);\nthrow new Error("no");\n';
    const project = new Project(program);
    const plain = await project.run("up");
    expect([plain.code, plain.stdout]).toEqual([1, expect.stringMatching(/said\ncried\n/)]);
    const { stdout } = await project.run("up", "--json");
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(events).toContainEqual({ event: "diagnostic", severity: "info", message: "said" });
    expect(events.at(-1)).toMatchObject({ event: "summary", result: "failed" });
  });
});

test("a stack's name that can't be one is wrong usage", async () => {
  const project = new Project(EMPTY);
  expect(await project.run("up", "--stack", "a/b")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^sandstack: --stack: "a\/b" is not valid/) as string,
  });
});

describe("stacks", () => {
  test("are made, listed, selected and forgotten", async () => {
    const project = new Project(EMPTY);
    await project.say("stack", "init", "demo");
    await project.say("up");
    await project.say("up", "--stack", "other");
    expect(await project.say("stack", "ls")).toMatch(/^NAME .*\ndemo\* .*\nother .*\n$/);
    expect(JSON.parse(await project.say("stack", "ls", "--json"))).toMatchObject([
      { name: "demo", current: true, resourceCount: 1 },
      { name: "other", current: false },
    ]);
    await project.say("stack", "select", "other");
    expect(await project.say("stack", "output")).toMatch(/^OUTPUT +VALUE\nanswer +42\n$/);
    expect((await project.run("stack", "select", "third")).stderr).toMatch(/There is no stack "third" in project lab/);
    expect((await project.run("stack", "output", "nothing")).stderr).toMatch(/has no output "nothing".\nIt has answer/);
    expect((await project.run("stack", "rm", "demo")).stderr).toMatch(/Stack demo still has 1 resources/);
    for (const stack of ["demo", "other"]) {
      await project.say("destroy", "--stack", stack);
      await project.say("stack", "rm", stack);
    }
    expect(JSON.parse(await project.say("stack", "ls", "--json"))).toEqual([]);
    expect(existsSync(join(project.folder, "Pulumi.demo.yaml"))).toBe(false);
  });
});

describe("config", () => {
  test("is set, shown and removed", async () => {
    const project = new Project(
      'import { Config } from "@pulumi/pulumi";\nexport const tier = new Config().require("tier");\n',
    );
    await project.set("tier", "chroot");
    expect(project.read("Pulumi.local.yaml")).toBe("config:\n  lab:tier: chroot\n");
    expect(await project.say("config", "get", "tier")).toBe("chroot\n");
    expect(await project.say("config", "get")).toMatch(/^KEY +VALUE\nlab:tier +chroot\n$/);
    await project.say("up");
    expect(await project.say("stack", "output", "tier")).toBe("chroot\n");
    await project.say("config", "rm", "tier");
    expect((await project.run("config", "get", "tier")).stderr).toMatch(/"tier" is not set in stack local/);
    expect((await project.run("config", "set", "a b", "c")).code).toBe(2);
  });

  test("a secret stands in clear nowhere but where it is asked for", async () => {
    const program = 'import { Config } from "@pulumi/pulumi";\nexport const key = new Config().requireSecret("key");\n';
    const project = new Project(program);
    const secret = "s3cr3t-of-nobody";
    const options = { cwd: project.folder, env: project.env, input: `${secret}\n` };
    expect((await sandstack(["config", "set", "--secret", "key"], options)).code).toBe(0);
    const shown = [
      await project.say("config", "get"),
      await project.say("up", "--diff"),
      await project.say("up", "--json"),
      await project.say("stack", "output"),
      await project.say("stack", "output", "key", "--json"),
    ];
    expect(shown.join("")).toContain("[secret]");
    expect(
      shown.join("") + everything(join(project.folder, ".pulumi")) + project.read("Pulumi.local.yaml"),
    ).not.toContain(secret);
    expect(await project.say("config", "get", "key")).toBe(`${secret}\n`);
    expect(await project.say("stack", "output", "key", "--show-secrets")).toBe(`${secret}\n`);
    const { code, stderr } = await project.run("config", "set", "--secret", "key", secret);
    expect([code, stderr]).toEqual([2, expect.not.stringContaining(secret)]);
  });
});
