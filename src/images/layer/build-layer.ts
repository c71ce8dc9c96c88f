import { chmodSync, chownSync, lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import { formatDuration } from "../../model/ttl";
import type { BuildCommandEnd, BuildSandbox } from "../build-sandbox";
import type { BuildContext } from "../context";
import { FIXED_TIME, removeInside } from "../tree/edit";
import { InsideView } from "../tree/inside";
import { removeNoise } from "./noise";
import { settleLayer } from "./settle-layer";
import { takeUpper } from "./take-upper";

/** Where the commands of a build find what they are given; never in a layer. */
export const INPUTS = "/.sandstack";

/** What is always the same for the commands of a build, whoever builds. */
const ENVIRONMENT = {
  DEBIAN_FRONTEND: "noninteractive",
  PYTHONDONTWRITEBYTECODE: "1",
  SOURCE_DATE_EPOCH: String(FIXED_TIME),
};
/** Starting and ending a sandbox takes far less. */
const SLACK_MS = 60_000;
const TAIL_LINES = 20;

/** One command of a build. */
export interface BuildCommand {
  argv: readonly string[];
  /** Its place in the declaration, such as `run[2]`. */
  place: string;
  env?: Readonly<Record<string, string>>;
  cwd?: string;
}

export interface LayerJob {
  commands: readonly BuildCommand[];
  /** Of each command, in ms. */
  timeoutMs: number;
  /** Roots of the layers below, the topmost first. */
  below: readonly string[];
  /** Fills the folder that commands see as {@link INPUTS}. */
  putInputs?: (folder: string) => void;
}

/**
 * Runs commands in a build sandbox on top of layers, and makes what they write the layer of the work directory.
 * @throws SandstackError BUILD_FAILED or TIMEOUT naming the command's place, with its last lines as the cause
 */
export async function buildLayer(job: LayerJob, context: BuildContext): Promise<void> {
  const { commands, timeoutMs, below, putInputs } = job;
  const { work, signal } = context;
  const layers = putInputs ? [inputLayer(work.path, below, putInputs), ...below] : below;
  await using sandbox = await context.openSandbox(layers, { ttlMs: commands.length * timeoutMs + SLACK_MS, signal });
  for (const command of commands) await runCommand(sandbox, command, timeoutMs, context);
  context.report("taking what was written", undefined);
  const upper = await takeUpper(await sandbox.upper(), work.tree, signal);
  removeInside(work.tree, INPUTS);
  removeNoise(work.tree);
  await settleLayer(work.tree, upper, below, signal);
}

/** One more lower layer: what is in it costs no copy, and does not show in what is written. */
function inputLayer(folder: string, below: readonly string[], putInputs: (folder: string) => void): string {
  const layer = join(folder, "inputs");
  const inputs = join(layer, INPUTS);
  mkdirSync(inputs, { recursive: true });
  // The topmost root gives the merged one its owner and mode.
  const root = lstatSync(new InsideView(below).find("/") as string);
  chownSync(layer, root.uid, root.gid);
  chmodSync(layer, root.mode & 0o7777);
  chmodSync(inputs, 0o755);
  putInputs(inputs);
  return layer;
}

async function runCommand(sandbox: BuildSandbox, command: BuildCommand, timeoutMs: number, context: BuildContext) {
  const { argv, place, env, cwd } = command;
  const lines: string[] = [];
  const onLine = (line: string) => {
    context.log(line);
    if (line.trim() === "") return;
    context.report(place, undefined, line.trim());
    if (lines.push(line) > TAIL_LINES) lines.shift();
  };
  context.log(`${place}: ${argv.join(" ")}`);
  context.report(place, undefined, argv.at(-1));
  const end = await start();
  if (end.exitCode !== 0) throw failed(command, end, timeoutMs, lines);

  async function start(): Promise<BuildCommandEnd> {
    try {
      return await sandbox.run(argv, { timeoutMs, cwd, env: { ...ENVIRONMENT, ...env }, onLine });
    } catch (error) {
      const { code, message } = SandstackError.from(error);
      if (code === "ABORTED") throw error;
      throw new SandstackError("BUILD_FAILED", `${place}: ${message}`, { cause: error });
    }
  }
}

function failed({ place }: BuildCommand, end: BuildCommandEnd, timeoutMs: number, lines: readonly string[]) {
  const cause = lines.join("\n");
  if (end.timedOut) {
    const message = `${place}: it was still running after ${formatDuration(timeoutMs)}, and was ended.`;
    return new SandstackError("TIMEOUT", message, { cause, hint: 'runTimeout takes a longer time, such as "30m".' });
  }
  const how = end.outOfMemory
    ? "the build's memory was not enough"
    : end.signal === null
      ? `it ended with exit code ${end.exitCode}`
      : `it was ended by signal ${end.signal}`;
  return new SandstackError("BUILD_FAILED", `${place}: ${how}: ${lines.at(-1)?.trim() ?? "(no output)"}`, { cause });
}
