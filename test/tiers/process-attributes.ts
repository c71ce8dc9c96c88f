import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import type { LocalTierName, TierName } from "../../src/model/tier";
import { removeSandbox } from "../../src/tiers";
import { CLI } from "../cli/cli";
import { newMarker, withMarker } from "../faults/parts";
import { compileProbe } from "../support/probe";
import { until } from "../support/until";

const ODD = resolve("test/tiers/odd-maker.py");
const WAYS = ["foreground", "background", "task", "shell"] as const;

/** Holds that a sandbox is the same, whoever made it and however. Not compared: what has no value inside (docs/process-attributes.md). */
export function attributesAreOurs(tier: TierName): void {
  it("gives its processes the same limits and attributes, whatever shell it was made from", async () => {
    const plain = await attributesIn([], tier);
    const odd = await attributesIn(["python3", "-I", ODD], tier);
    expect(odd).toEqual(plain);
    for (const [way, rest] of [expected(tier), ...REST].flatMap((text) => WAYS.map((one) => [one, text] as const))) {
      expect([way, plain[way]]).toEqual([way, expect.stringContaining(rest)]);
    }
    expect(plain["foreground"]).toContain("\ndescriptors 0:20000 1:10000 2:10000\nterminal 0 0\n");
    expect(plain["shell"]).toContain("\ndescriptors 0:20000 1:20000 2:20000\nterminal 1 1\n");
    expect(plain["outside"]).toBe(tier === "docker" ? "500" : "0");
  }, 60_000);
}

/** The values that docs/process-attributes.md has. */
function expected(tier: TierName): string {
  const [unlimited, processes] = ["-1 -1", tier === "docker" ? 64 : 64 + 64];
  const both = (value: number) => `${value} ${value}`;
  return [
    `cpu ${unlimited}`,
    `fsize ${unlimited}`,
    `data ${unlimited}`,
    `stack ${8 << 20} -1`,
    "core 1 1",
    `rss ${unlimited}`,
    `nproc ${both(processes)}`,
    `nofile ${both(16_384)}`,
    `memlock ${both(64 << 10)}`,
    `as ${unlimited}`,
    `locks ${2n ** 62n} `,
  ].join("\n");
}
const REST = [
  "\nsigpending 2048 2048\nmsgqueue 204800 204800\nnice 0 0\nrtprio 0 0\nrttime -1 -1\n",
  "\nnice 0\npolicy 0\nflags 0\n",
  "\nio 0\nslack 50000\nhuge-pages-off 0\nsignals\ngroups 0\nbelongs to itself 1\n",
  "\numask 22\ncwd /home/agent\n",
  "\ndumpable 1\nno-new-privs 1\n",
];

/** In a sandbox that the CLI makes, as a shell starts it. */
async function attributesIn(shell: readonly string[], tier: TierName): Promise<Record<string, string>> {
  const args = [
    ...shell,
    process.execPath,
    CLI,
    "create",
    "--tier",
    tier,
    "--ttl",
    "2m",
    "--processes",
    "64",
    "--json",
  ];
  const [program, ...rest] = args as [string, ...string[]];
  const said = execFileSync(program, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const { id } = JSON.parse(said) as { id: string };
  try {
    return await attributesOf(await Sandbox.connect(id));
  } finally {
    await removeSandbox(id);
  }
}

/** The words of a probe in each way in which commands run; and of one, what this machine says. */
async function attributesOf(sandbox: Sandbox): Promise<Record<string, string>> {
  const probe = "/tmp/attributes";
  await sandbox.files.write(probe, readFileSync(compileProbe(resolve("test/tiers/process-attributes.c"))), {
    mode: 0o755,
  });
  const said: Record<string, string> = {};
  const marker = newMarker();
  said["foreground"] = (await sandbox.commands.run(`${probe}; echo whole`)).stdout;
  const background = await sandbox.commands.run(`${probe}; echo whole`, { background: true });
  said["background"] = (await background.wait()).stdout;
  await sandbox.commands.startTask(["/bin/sh", "-c", `${probe} > /tmp/task; echo whole >> /tmp/task; sleep ${marker}`]);
  said["task"] = await until("the task", 10_000, async () => {
    const text = await sandbox.files.read("/tmp/task").catch(() => "");
    return text.endsWith("whole\n") ? text : undefined;
  });
  const [pid] = await until("the task's last program", 10_000, () => {
    const found = withMarker(marker).filter((one) => readFileSync(`/proc/${one}/cmdline`, "utf8").startsWith("sleep"));
    return found.length > 0 ? found : undefined;
  });
  said["outside"] = readFileSync(`/proc/${pid}/oom_score_adj`, "utf8").trim();
  said["limits"] = readFileSync(`/proc/${pid}/limits`, "utf8");
  said["shell"] = await inShell(sandbox, `${probe}; echo whole`);
  const lists = await sandbox.commands.run([
    "/bin/bash",
    "-c",
    "ulimit -a; ulimit -Ha; umask; nice; id -G | wc -w; trap; pwd",
  ]);
  said["lists"] = lists.stdout;
  return said;
}

/** Types a line into a terminal, and gives what comes between it and the end. */
async function inShell(sandbox: Sandbox, line: string): Promise<string> {
  let text = "";
  const onData = (bytes: Uint8Array) => void (text += Buffer.from(bytes).toString());
  const terminal = await sandbox.pty.create({ cols: 200, rows: 50, cmd: ["/bin/sh", "-c", line], onData });
  await terminal.wait();
  return text.replaceAll("\r\n", "\n");
}

/** A root without CAP_SYS_RESOURCE, whose hard limit is lower than what sandboxes have, or just as high. */
export function lowLimitsAreRefused(tier: LocalTierName): void {
  const ENOUGH = 16_384;
  const asRoot = (limit: string, args: readonly string[]) => {
    const root = ["--bounding-set", "-sys_resource", "--", process.execPath, CLI, ...args];
    const { status, stdout, stderr } = spawnSync("prlimit", [limit, "setpriv", ...root], { encoding: "utf8" });
    return { status, stdout, stderr: stderr.replaceAll(/\s+/g, " ") };
  };
  const create = ["create", "--tier", tier, "--ttl", "1m", "--processes", "64", "--json"];

  it("is refused where a hard limit is too low to be raised, by its name and with the cure", async () => {
    const refused = asRoot(`--nofile=${ENOUGH - 1}`, create);
    expect(refused.stderr).toContain(
      `This needs a hard limit of ${ENOUGH} on open files: it is ${ENOUGH - 1} here (ulimit -H -n), and only CAP_SYS_RESOURCE may raise it`,
    );
    expect(refused.stderr).toContain(`ulimit -H -n ${ENOUGH} where it was lowered`);
    expect(refused.status).not.toBe(0);
    expect(asRoot(`--nofile=${ENOUGH - 1}`, ["doctor"]).stdout).toContain(`a hard limit of ${ENOUGH} on open files`);

    const said = asRoot(`--nofile=${ENOUGH}`, create);
    expect(said).toMatchObject({ status: 0, stderr: "" });
    await removeSandbox((JSON.parse(said.stdout) as { id: string }).id);
  });

  it("is refused where fewer processes are allowed than it is to have", () => {
    const refused = asRoot("--nproc=100:100", create);
    expect(refused.stderr).toContain("the hard limit on processes (ulimit -H -u) is 100, and may not be raised to 128");
    expect(refused.status).not.toBe(0);
  });

  it("has no bound on core files where a hard limit of 0 may not be raised, and is made all the same", async () => {
    const said = asRoot("--core=0", create);
    expect(said.status).toBe(0);
    await removeSandbox((JSON.parse(said.stdout) as { id: string }).id);
  });
}
