import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { resolve } from "node:path";

/** The compiled command, as a user's shell starts it. */
export const CLI = resolve("dist/src/cli/main.js");

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string | Buffer;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

/** Runs `sandstack …` to its end. stdin is `input` and then closed. */
export async function sandstack(args: readonly string[], { input = "", env, cwd }: RunOptions = {}): Promise<Ended> {
  const started = start(args, { env: { ...process.env, ...env }, cwd });
  started.child.stdin?.on("error", () => {});
  started.child.stdin?.end(input);
  return await started.ended;
}

/** Runs it with `--json` and gives what it printed. */
export async function sandstackJson(args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await sandstack([...args, "--json"]);
  if (code !== 0) throw new Error(`sandstack ${args.join(" ")}: exit code ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves once stdout or stderr has shown the text. */
  shown(text: string): Promise<void>;
}

/** Starts `sandstack …` and leaves it running; the caller ends it. */
export function start(args: readonly string[], options: SpawnOptions = {}): Started {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: "pipe", ...options });
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (data: Buffer) => (output.stdout += data.toString("latin1")));
  child.stderr?.on("data", (data: Buffer) => (output.stderr += data.toString("latin1")));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, ...output }));
  });
  const shown = async (text: string) => {
    while (!output.stdout.includes(text) && !output.stderr.includes(text)) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`ended without showing ${JSON.stringify(text)}: ${JSON.stringify(output)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, ended, shown };
}
