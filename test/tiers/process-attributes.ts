import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Sandbox } from "../../runtime";
import type { TierName } from "../../src/model/tier";
import { removeSandbox } from "../../src/tiers";
import { CLI } from "../cli/cli";
import { newMarker, withMarker } from "../faults/parts";
import { compileProbe } from "../support/probe";
import { until } from "../support/until";

const ODD = resolve("test/tiers/odd-maker.py");
const WAYS = ["foreground", "background", "task", "shell"] as const;

/** What is the same in a sandbox, whoever made it and however. Not compared: what has no value inside (docs/process-attributes.md). */
export function attributesAreOurs(tier: TierName): void {
  it("gives its processes the same limits and attributes, whatever shell it was made from", async () => {
    const plain = await attributesOf(await makeBy([], tier));
    const odd = await attributesOf(await makeBy(["python3", "-I", ODD], tier));
    expect(odd).toEqual(plain);
    for (const way of WAYS) expect([way, plain[way]]).toEqual([way, expect.stringContaining(EXPECTED)]);
    expect(plain.foreground).toContain("\ndescriptors 0:20000 1:20000 2:10000\nterminal 0 0\n");
    expect(plain.shell).toContain("\ndescriptors 0:20000 1:20000 2:20000\nterminal 1 1\n");
    expect(plain.outside).toBe(tier === "docker" ? "500" : "0");
  }, 60_000);
}

const unlimited = "-1 -1";
const EXPECTED = [
  `cpu ${unlimited}`,
  `fsize ${unlimited}`,
  `data ${unlimited}`,
  `stack ${8 << 20} -1`,
  "core 1 1",
  `rss ${unlimited}`,
].join("\n");

/** By the CLI, as a shell starts it. */
async function makeBy(shell: readonly string[], tier: TierName): Promise<Sandbox> {
  const args = [...shell, process.execPath, CLI, "create", "--tier", tier, "--ttl", "2m", "--processes", "64", "--json"];
  const [program, ...rest] = args as [string, ...string[]];
  const said = execFileSync(program, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const { id } = JSON.parse(said) as { id: string };
  onTestFinished(() => removeSandbox(id));
  return Sandbox.connect(id);
}

/** What a probe says that runs in each way in which commands run; and of one, what this machine says. */
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
  const lists = await sandbox.commands.run(["/bin/bash", "-c", "ulimit -a; ulimit -Ha; umask; nice; id -G; trap; pwd"]);
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
