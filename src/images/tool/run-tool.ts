import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { SandstackError } from "../../model/error";
import { noSpace, saysNoSpace } from "./no-space";

/** How many of a tool's last lines an error carries. */
const TAIL_LINES = 20;

export interface ToolOptions {
  signal?: AbortSignal;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  stdio?: StdioOptions;
}

export interface ToolEnd {
  /** 0 for success; 128 + n, as in a shell, for one ended by a signal. */
  exitCode: number;
  /** The last lines that it wrote. */
  tail: readonly string[];
}

/**
 * Starts a tool of the system that does not outlive this process, however this process ends: the kernel kills it with
 * its parent. The shell looks whether the parent had died before the kernel was asked for that. A session of its own
 * keeps a terminal's Ctrl-C from it: that is this process's to answer.
 */
export function startTool(argv: readonly string[], { signal, env, cwd, stdio }: ToolOptions): ChildProcess {
  const leash = ["--pdeathsig", "KILL", "--", "/bin/sh", "-c", '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)];
  const child = spawn("setpriv", [...leash, ...argv], {
    signal,
    killSignal: "SIGKILL",
    detached: true,
    env,
    cwd,
    stdio,
  });
  // A tool that ends before it has read everything: its exit code tells.
  child.stdin?.on("error", () => {});
  return child;
}

/** Waits until a tool and all that hold its streams have ended. `onLine` gets what it writes to its open streams. */
export async function endOfTool(child: ChildProcess, onLine?: (line: string) => void): Promise<ToolEnd> {
  const tail: string[] = [];
  const take = (line: string) => {
    onLine?.(line);
    if (line.trim() !== "" && tail.push(line) > TAIL_LINES) tail.shift();
  };
  if (child.stderr) readLines(child.stderr, take);
  if (child.stdout && onLine) readLines(child.stdout, take);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", (error) => {
      if (error.name === "AbortError") return;
      reject(error);
    });
    child.once("close", (code: number | null) => resolve(code ?? 128 + 9));
  });
  return { exitCode, tail };
}

/**
 * Runs a tool to its end.
 * @throws SandstackError NO_SPACE, ABORTED, or BUILD_FAILED with its last lines
 */
export async function runTool(argv: readonly string[], options: ToolOptions = {}): Promise<void> {
  const end = await endOfTool(startTool(argv, { stdio: ["ignore", "ignore", "pipe"], ...options }));
  throwIfAborted(options.signal);
  if (end.exitCode !== 0) throw toolFailed(argv[0] as string, end);
}

export function toolFailed(name: string, { exitCode, tail }: ToolEnd): SandstackError {
  if (tail.some(saysNoSpace)) return noSpace(tail.join("\n"));
  return new SandstackError(
    "BUILD_FAILED",
    `${name} failed with exit code ${exitCode}: ${tail.at(-1) ?? "(no output)"}`,
    {
      cause: tail.join("\n"),
    },
  );
}

/** @throws SandstackError ABORTED */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SandstackError("ABORTED", "The build was aborted.", { cause: signal.reason });
}

function readLines(stream: Readable, take: (line: string) => void): void {
  createInterface({ input: stream }).on("line", take);
}
