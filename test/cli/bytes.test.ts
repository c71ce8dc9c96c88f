import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Sandbox } from "../../runtime";
import { bytesOf } from "../../src/model/byte-text";
import { LOCAL_TIERS } from "../../src/model/tier";
import type * as program from "../../src/cli/program";
import { CLI } from "./cli";

// Every command and option: bytes that are no UTF-8 go through as they are, or are refused by name.

/** `caf`, byte 0xe9, as a shell writes it. */
const ODD = String.raw`$'caf\xe9'`;
const ODD_HEX = "636166e9";
const HEX = `sh -c 'printf %s "$1" | od -An -tx1 | tr -d " \\n"' sh`;

/** Runs `sandstack …` as bash reads the line: Node can pass no such bytes on. */
async function line(words: string, { before = "", cwd = "/" } = {}) {
  const child = spawn("bash", ["-c", `${before} exec "$NODE" "$CLI" ${words}`], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE: process.execPath, CLI },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes: Buffer) => (output.stdout += bytes.toString("latin1")));
  child.stderr.on("data", (bytes: Buffer) => (output.stderr += bytes.toString("latin1")));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, ...output };
}

describe.each(LOCAL_TIERS)("bytes that are no UTF-8 on %s", (tier) => {
  let sandbox: Sandbox;
  let here: string;
  beforeAll(async () => {
    sandbox = await Sandbox.create({ tier, name: "bytes-test", ttl: "120s" });
    here = mkdtempSync(join(tmpdir(), "cli-bytes-"));
    writeFileSync(bytesOf(join(here, "caf\udce9")), "of here");
  });
  afterAll(async () => {
    await sandbox.kill();
    rmSync(here, { recursive: true, force: true });
  });
  const namesHere = () => readdirSync(here, { encoding: "buffer" }).map((name) => name.toString("hex"));

  test.each([
    ["arguments of exec", `exec bytes-test -- ${HEX} ${ODD}`, {}],
    ["output of exec", `exec bytes-test -- printf 'caf\\351'`, {}, "caf\xe9"],
    ["--env NAME=value", `exec --env A=${ODD} bytes-test -- ${HEX.replace("$1", "$A")}`, {}],
    ["--env NAME", `exec --env A bytes-test -- ${HEX.replace("$1", "$A")}`, { before: `export A=${ODD};` }],
    [
      "--cwd",
      `exec --cwd /tmp/${ODD} bytes-test -- sh -c 'basename "$PWD" | od -An -tx1 | tr -d " \\n"'`,
      {},
      `${ODD_HEX}0a`,
    ],
    ["arguments of run", `run --tier ${tier} -- ${HEX} ${ODD}`, {}],
    [
      "--file",
      `run --tier ${tier} --file ${ODD}:/tmp/${ODD} -- sh -c 'ls /tmp | od -An -tx1 | tr -d " \\n"'`,
      {},
      `${ODD_HEX}0a`,
    ],
  ] as [string, string, { before?: string }, string?][])(
    "%s arrive as they are",
    async (_, words, { before }, right = ODD_HEX) => {
      await sandbox.files.makeDir("/tmp/caf\udce9");
      expect(await line(words, { cwd: here, before })).toMatchObject({ code: 0, stdout: right });
    },
  );

  test("a task's arguments and output arrive as they are", async () => {
    const name = `bytes-task-${tier}`;
    expect(
      await line(`create --tier ${tier} --ttl 60s --name ${name} -- sh -c 'sleep 1; printf %s "$1"' sh ${ODD}`),
    ).toMatchObject({ code: 0 });
    expect((await line(`logs ${name}`)).stdout).toBe("caf\xe9");
  });

  test("cp carries names, in and out, and into a directory", async () => {
    expect(await line(`cp ${ODD} bytes-test:/tmp/in/`, { cwd: here })).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await sandbox.files.read("/tmp/in/caf\udce9")).toBe("of here");
    expect(await line(`cp bytes-test:/tmp/in/${ODD} $'out\\xff'`, { cwd: here })).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(await line(`cp bytes-test:/tmp/in here`, { cwd: here })).toMatchObject({ code: 0, stderr: "" });
    expect(namesHere().sort()).toEqual([ODD_HEX, Buffer.from("here").toString("hex"), "6f7574ff"].sort());
    expect(readFileSync(bytesOf(join(here, "here/caf\udce9")), "utf8")).toBe("of here");
    expect((await line(`cp bytes-test:/tmp/in/${ODD} -`)).stdout).toBe("of here");
  });

  test.each([
    ["--name", `create --tier ${tier} --name ${ODD}`],
    ["--image", `create --tier ${tier} --image /${ODD}`],
    ["--user", `exec --user ${ODD} bytes-test -- true`],
    ["--group", `create --tier ${tier} --group ${ODD}`],
    ["<sandbox>", `exec ${ODD} -- true`],
    ["--description", `snapshot create --description ${ODD} bytes-test`],
  ])("%s is refused by name", async (name, words) => {
    const { code, stderr } = await line(words);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `${name}: "caf\\udce9" is not valid.`.replace("caf", words.includes("/$'") ? "/caf" : "caf"),
    );
  });
});

test("every argument and option of every command either carries bytes or refuses them by name", async () => {
  // The compiled one finds a command's file by its name.
  const { createProgram } = createRequire(CLI)("./program.js") as typeof program;
  const tree = createProgram(() => true, { signal: new AbortController().signal });
  const carried = new Set<string>();
  const leaves = (command: typeof tree): (typeof tree)[] =>
    command.commands.length === 0 ? [command] : command.commands.flatMap((one) => leaves(one));
  for (const command of leaves(tree)) {
    const path: string[] = [];
    for (let at: typeof command | null = command; at?.parent; at = at.parent) path.unshift(at.name());
    command.action(() => {});
    for (const option of command.options.filter(
      ({ required, optional, argChoices }) => (required || optional) && !argChoices,
    )) {
      const args = command.registeredArguments.filter(({ required }) => required).map(() => "x");
      const given = await tree.parseAsync([...path, option.long ?? "", "caf\udce9", ...args], { from: "user" }).then(
        () => "carried",
        (error: { code?: string; message: string }) => error.message,
      );
      if (given === "carried") carried.add(option.long ?? "");
      else expect(given).toContain(option.long);
      command.setOptionValue(option.attributeName(), undefined);
    }
  }
  expect([...carried].sort()).toEqual(["--cwd", "--env", "--file"]);
});
