import { spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { statePath } from "../../src/model/state-dir";
import { CLI } from "../cli/cli";
import { newMarker, withMarker } from "../faults/parts";
import { compileProbe } from "../support/probe";
import { until } from "../support/until";
import { runControl } from "./control";
import { CoreHandler } from "./core-handler";
import { type Facts, plantFacts, probeSource } from "./facts";
import { openPlace, type Place } from "./place";
import { type ProbeRun, readVerdict } from "./verdict";

// Attacks that need a scene around them: a caller with open descriptors, a terminal, a race, a time after the end.

let facts: Facts;
let removeFacts: () => Promise<void>;
beforeAll(async () => {
  [facts, removeFacts] = await plantFacts();
});
afterAll(() => removeFacts());

/** Runs a command line as a shell of a user would, and collects what it says. */
function shell(script: string, args: readonly string[]): Promise<ProbeRun> {
  const child = spawn("sh", ["-c", script, "sh", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => (output.stdout += String(data)));
  child.stderr.on("data", (data) => (output.stderr += String(data)));
  return new Promise((resolve) => child.on("close", (exitCode) => resolve({ exitCode, signal: null, ...output })));
}

describe.each(["chroot", "nspawn"] as const)("%s", (tier) => {
  const inRun = (program: string, ...args: string[]) => [
    ...[process.execPath, CLI, "run", "--tier", tier, "--file", `${compileProbe(probeSource(program))}:/tmp/probe`],
    ...["--", "/tmp/probe", ...args],
  ];
  let place: Place;
  beforeEach(async () => {
    place = await openPlace({ tier, user: "agent" });
  });
  afterEach(() => place.close());

  it("a directory that the caller left open leads nowhere", async () => {
    const root = openSync("/", "r");
    const stdio = ["ignore", "pipe", "pipe", root] as const;
    const control = await runControl("inherited-descriptor", [facts.canaryPath], {
      control: "plain chroot",
      stdio: [...stdio],
    });
    closeSync(root);
    expect(readVerdict(control).proof).toContain(facts.canaryText);
    const run = await shell('exec 7</ 9</; exec "$@"', inRun("inherited-descriptor", facts.canaryPath));
    expect(readVerdict(run)).toMatchObject({ succeeded: false });
  });

  it("types nothing into the caller's terminal", async () => {
    const inTerminal = (command: readonly string[]) =>
      shell('exec script --quiet --return --command "$1" /dev/null </dev/null', [command.join(" ")]);
    const control = await inTerminal([compileProbe(probeSource("terminal-input"))]);
    expect(readVerdict(control)).toMatchObject({ succeeded: true });
    expect(readVerdict(await inTerminal(inRun("terminal-input")))).toMatchObject({ succeeded: false });
  });

  it("a name swapped under a copy out never gives a file of the host", async () => {
    const secretFolder = join(facts.canaryPath, "..");
    const host = mkdtempSync(statePath("swap-"));
    try {
      symlinkSync(facts.canaryPath, join(host, "link"));
      writeFileSync(join(host, "file"), "harmless");
      const swapper = spawn(compileProbe(probeSource("swap")), [join(host, "file"), join(host, "link")]);
      await until("the swap", 10_000, () => readFileSync(join(host, "file"), "utf8").includes(facts.canaryText));
      swapper.kill("SIGKILL");
    } finally {
      rmSync(host, { recursive: true });
    }
    await place.sandbox.commands.run(
      `mkdir d; echo harmless > d/canary; ln -s ${secretFolder} l; echo harmless > f; ln -s ${facts.canaryPath} k`,
    );
    await place.put("swap");
    for (const names of [
      ["d", "l"],
      ["f", "k"],
    ]) {
      await place.sandbox.commands.run([place.path("swap"), ...names], { background: true });
    }
    const seen = new Set<string>();
    for (let i = 0; i < 500; i++) {
      for (const path of ["/home/agent/d/canary", "/home/agent/f"]) {
        seen.add(await place.sandbox.files.read(path).catch((error: { code: string }) => error.code));
      }
    }
    expect([...seen].sort()).toEqual(["NOT_FOUND", "harmless\n"].sort());
  });

  it("garbage on every descriptor reaches nobody but the payload's own output", async () => {
    expect((await place.run("garbage")).exitCode).toBe(9);
    expect((await shell('exec "$@"', inRun("garbage"))).exitCode).toBe(9);
    expect((await place.sandbox.commands.run(["echo", "alive"])).stdout).toBe("alive\n");
  });

  it("a maker who may not have core files of one byte makes it with none, and doctor says what that leaves open", async () => {
    const low = (command: readonly string[]) =>
      shell('ulimit -c 0; exec setpriv --bounding-set=-sys_resource "$@"', command);
    const run = [process.execPath, CLI, "run", "--tier", tier, "--", "sh", "-c", "ulimit -Hc; ulimit -c"];
    expect(await low(run)).toMatchObject({ stdout: "0\n0\n", exitCode: 0 });
    using handler = new CoreHandler("nobody");
    void handler;
    const open = async (limit: string) => {
      const doctor = [process.execPath, CLI, "doctor", "--json"];
      const { stdout } = await shell(`ulimit -c ${limit}; exec setpriv --bounding-set=-sys_resource "$@"`, doctor);
      return (JSON.parse(stdout) as { open: { why: string }[] }).open.map(({ why }) => why);
    };
    expect(await open("0")).toEqual([expect.stringMatching(/^the hard limit on core files is 0 here/)]);
    expect(await open("1")).toEqual([]);
  });

  it("nothing outlives the sandbox", async () => {
    const marker = newMarker();
    await runControl("outlive", [marker], { control: "plain chroot" });
    const outlived = withMarker(marker);
    outlived.forEach((pid) => process.kill(pid, "SIGKILL"));
    expect(outlived).toHaveLength(1);
    await place.run("outlive", [marker]);
    expect(withMarker(marker)).toHaveLength(1);
    await place.close();
    expect(withMarker(marker)).toEqual([]);
  });

  it("a setuid root program of the image gives nothing", async () => {
    const image = mkdtempSync(statePath("setuid-"));
    try {
      chmodSync(image, 0o755);
      mkdirSync(join(image, "tmp"));
      const program = join(image, "helper");
      writeFileSync(program, readFileSync(compileProbe(probeSource("setuid-helper"))), { mode: 0o755 });
      await shell('chmod 4755 "$1"', [program]);
      const control = await shell('exec chroot --userspec=1000:1000 "$1" /helper', [image]);
      expect(readVerdict(control)).toMatchObject({ succeeded: true });
      const other = await openPlace({ tier, user: "agent" }, { image: { from: { rootfs: image } } });
      const run = await other.sandbox.commands.run(["/helper"], { reject: false });
      await other.close();
      expect(readVerdict(run)).toMatchObject({ succeeded: false });
    } finally {
      rmSync(image, { recursive: true });
    }
  });
});
