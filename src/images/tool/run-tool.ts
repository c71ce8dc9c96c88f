import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
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
    detached: true,
    env,
    cwd,
    stdio,
  });
  if (signal) endOnAbort(child, signal);
  // A tool that ends before it has read everything: its exit code tells.
  child.stdin?.on("error", () => {});
  return child;
}

/** Ends a tool and those that it has started: what fetches for apt, and holds its streams, is a process of its own. */
export function killTool(child: ChildProcess): void {
  try {
    // It leads the group of all of them, which is there as long as one of them is.
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function endOnAbort(child: ChildProcess, signal: AbortSignal): void {
  const end = () => killTool(child);
  if (signal.aborted) end();
  signal.addEventListener("abort", end);
  child.once("close", () => signal.removeEventListener("abort", end));
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
    child.once("error", reject);
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

/** A line without end comes in pieces of so many characters. */
const MAX_LINE = 1 << 16;

function readLines(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  const decoder = new StringDecoder("utf8");
  stream.on("data", (data: Buffer) => {
    const lines = (rest + decoder.write(data)).split(/\r\n|\n|\r/);
    rest = lines.pop() as string;
    lines.forEach(take);
    for (; rest.length > MAX_LINE; rest = rest.slice(MAX_LINE)) take(rest.slice(0, MAX_LINE));
  });
  stream.on("end", () => {
    if (rest !== "") take(rest);
  });
}
