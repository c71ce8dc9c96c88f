import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { compileProbe } from "../support/probe";
import { until } from "../support/until";
import { probeSource } from "./facts";
import type { Place } from "./place";
import { readVerdict, type ProbeRun } from "./verdict";

/** The namespaces end with the program, with its /tmp, its System V objects and its processes: whoever kills unshare, or this process, ends them all. */
const IN_NAMESPACES = ["--pdeathsig=KILL", "unshare", "--mount", "--ipc", "--pid", "--fork", "--kill-child"];
/**
 * The program is read before its folder may be hidden. A shell stays process 1: who changes his uid outlives a parent.
 * Descriptors under way are refused once a user has more of them than a process may have open, so that number is known.
 */
const AS_USER = `ulimit -n 20000; exec 3< "$2"; mount -t tmpfs -o mode=1777 none /tmp; cat <&3 > /tmp/program; chmod 755 /tmp/program
  setpriv --reuid="$1" --regid="$1" --clear-groups /tmp/program; exit $?`;

const BOUND = 60_000;

/** An ordinary process of this machine, where no wall is. */
function startAs(uid: number, program: string) {
  const args = [...IN_NAMESPACES, "sh", "-ec", AS_USER, "sh", String(uid), compileProbe(probeSource(program))];
  const child = spawn("setpriv", args, { stdio: ["ignore", "pipe", "pipe"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), BOUND);
  const run: ProbeRun = { exitCode: null, signal: null, stdout: "", stderr: "" };
  child.stdout.on("data", (data) => (run.stdout += String(data)));
  child.stderr.on("data", (data) => (run.stderr += String(data)));
  let over = false;
  const ended = new Promise<ProbeRun>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      clearTimeout(timer);
      over = true;
      resolve({ ...run, exitCode });
    });
  });
  return { run, ended, over: () => over, kill: () => child.kill("SIGKILL") };
}

const runAs = async (uid: number, program: string) => readVerdict(await startAs(uid, program).ended);

/** Uids that nothing else on the machine has. */
const [LONELY, NEIGHBOUR] = [60_123, 60_124];

/** The positive control of {@link neighboursGoOn}. */
export function greedTakesFromAll(): void {
  it("an ordinary process takes all aio contexts and terminals of the machine, and what its user has", async () => {
    const greedy = startAs(LONELY, "greedy");
    try {
      await until(
        "the greedy process holds all it gets",
        BOUND,
        () => greedy.run.stdout.includes("HOLDING") || greedy.over(),
      );
      const [aio, neighbour, same] = await Promise.all([
        runAs(NEIGHBOUR, "aio"),
        runAs(NEIGHBOUR, "ordinary"),
        runAs(LONELY, "ordinary"),
      ]);
      const held = `inconclusive: the greedy process does not exhaust this machine. It said ${JSON.stringify(greedy.run)}`;
      expect(aio, held).toMatchObject({
        succeeded: false,
        proof: expect.stringContaining("temporarily unavailable") as string,
      });
      const noTerminal = expect.stringMatching(/^without terminal \(/) as string;
      expect(neighbour, held).toMatchObject({ succeeded: false, proof: noTerminal });
      expect(neighbour.proof, "of one network namespace").toContain("port (Address already in use)");
      expect(same, held).toMatchObject({
        succeeded: false,
        proof: expect.stringMatching(/inotify.*queue.*pipe.*terminal.*pass.*port/) as string,
      });
    } finally {
      greedy.kill();
      await greedy.ended;
    }
    expect(await runAs(NEIGHBOUR, "aio")).toMatchObject({ succeeded: true });
  }, 120_000);
}

/** Fills one sandbox with all it can get of what the kernel counts, and looks what its neighbours and this machine still get. */
export function neighboursGoOn(open: () => Promise<Place>, user?: string): void {
  it("one sandbox takes all it gets of what the kernel counts, and two others and the machine's root go on", async () => {
    const places = await Promise.all([open(), open(), open()]);
    try {
      const [greedy, ...neighbours] = places;
      const said = await holdAll(greedy, user);
      expect(said).toMatch(/^aio 0\nterminals 6\d\n/);
      expect(Number(/^timers (\d+)$/m.exec(said)?.[1])).toBeLessThanOrEqual(2048);
      // All that a neighbour in its network namespace would be given one of.
      expect(said).toMatch(/^ports 32768$/m);
      await Promise.all(neighbours.map(expectOrdinaryWork));
      for (const program of ["ordinary", "aio"]) expect(await runAs(0, program)).toMatchObject({ succeeded: true });
    } finally {
      await Promise.all(places.map((place) => place.close()));
    }
  }, 120_000);
}

/** Starts the greedy program, and gives what that says once it holds all it gets. It goes with its sandbox. */
async function holdAll(place: Place, user?: string): Promise<string> {
  await place.put("greedy");
  let said = "";
  const onStdout = (text: string) => void (said += text);
  await place.sandbox.commands.run([place.path("greedy")], { background: true, user, onStdout });
  await until("the sandbox holds all it gets", BOUND, () => said.includes("HOLDING"));
  return said;
}

async function expectOrdinaryWork(place: Place): Promise<void> {
  expect(readVerdict(await place.run("ordinary"))).toEqual({ succeeded: true, proof: "all of them" });
  const pty = await place.sandbox.pty.create({ cols: 80, rows: 24, onData: () => {} });
  const seen: string[] = [];
  const watch = await place.sandbox.files.watchDir("/tmp", ({ name }) => void seen.push(name));
  await place.sandbox.files.write("/tmp/note", "x");
  await until("the watch tells of it", BOUND, () => seen.includes("note"));
  watch.stop();
  await pty.kill();
}
