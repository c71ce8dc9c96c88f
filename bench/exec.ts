import { spawn } from "node:child_process";
import { Sandbox } from "../runtime";
import { LOCAL_TIERS } from "../src/model/tier";
import { type Contender, interleave, timed } from "./measure";
import { program } from "./peers";
import { compare, type Row } from "./row";

const ROUNDS = 300;
/** DESIGN section 7: the socket to the guest against a fork of Node. */
const GOAL = 0.8;

/** A command in a sandbox that runs already, against the same command started by Node on the host, and by nsenter. */
export async function benchExec(): Promise<Row[]> {
  const sandboxes = await Promise.all(LOCAL_TIERS.map((tier) => Sandbox.create({ tier })));
  const namespaces = spawn("unshare", ["--mount", "--net", "--ipc", "--uts", "sleep", "infinity"]);
  try {
    const ours = sandboxes.map((sandbox, i): Contender => ({
      name: `${LOCAL_TIERS[i]}: commands.run(["true"])`,
      sample: () => timed(() => sandbox.commands.run(["true"])),
    }));
    const enter = ["--target", String(namespaces.pid), "--mount", "--net", "--ipc", "--uts", "true"];
    const peers = [program('spawn("true")', "true", []), program("nsenter true", "nsenter", enter)];
    const goals = ours.map(({ name }) => [name, { peer: 'spawn("true")', goal: GOAL }] as const);
    return compare(await interleave([...ours, ...peers], ROUNDS), {
      ...Object.fromEntries(goals),
      "nsenter true": { peer: 'spawn("true")' },
    });
  } finally {
    namespaces.kill("SIGKILL");
    await Promise.all(sandboxes.map((sandbox) => sandbox.kill()));
  }
}
