import type { ChildProcess } from "node:child_process";
import { readFileSync, statfsSync } from "node:fs";
import { type ErrorCode, SandstackError } from "../../model/error";
import { formatDuration } from "../../model/ttl";
import { endOfTool, killTool, startTool, throwIfAborted, type ToolEnd, type ToolOptions } from "./run-tool";
import { bytesIn } from "./watch-growth";

/** How much a registry may ask of this machine: each ends an answer that would have no end. */
export interface FetchLimits {
  /** Within this time, in ms, it sends `stallBytes` or gives the tool a second's work; a byte a minute is no answer. */
  stallMs: number;
  stallBytes: number;
  /** For finding out which versions there are, in ms: a registry can make up dependencies for ever. */
  lookupMs: number;
  /** The most bytes of an answer whose size nobody has said. Half of what is free on the disk is the most, too. */
  bytes: number;
  /** The most bytes of the tool's memory: answers about packages are held there. */
  memory: number;
}

const LIMITS: FetchLimits = {
  stallMs: 120_000,
  stallBytes: 65_536,
  lookupMs: 30 * 60_000,
  bytes: 2 ** 36,
  memory: 2 ** 32,
};

export interface Fetch extends Pick<ToolOptions, "signal" | "env" | "cwd"> {
  /** The one who is asked, for messages: `npm: the registry`. */
  from: string;
  code: ErrorCode;
  /** The folder where all that comes is written. */
  folder: string;
  /** Bytes that are to come, where somebody has said so. */
  promised?: number;
  /** Whether it only asks what there is. */
  isLookup?: boolean;
  limits?: Partial<FetchLimits>;
  onOutput?: (data: Buffer) => void;
  onLine?: (line: string) => void;
}

const LOOK_MS = 200;
/** Bytes of the largest file that a tool keeps for itself. */
const OWN_FILES = 2 ** 26;
const TICKS_OF_A_SECOND = 100;
const OUT_OF_MEMORY = /MemoryError|out of memory|Cannot allocate memory|ERR_STRING_TOO_LONG|bad_alloc/i;
const TOO_LARGE = /file too large|EFBIG|File size limit|signal 25\b/i;

/**
 * Runs a tool that fetches, within the limits, to its end; one that gets beyond them is ended with all its processes.
 * @throws SandstackError with `code` for an answer without end; ABORTED
 */
export async function runFetch(argv: readonly string[], fetch: Fetch): Promise<ToolEnd> {
  const limits = { ...LIMITS, ...fetch.limits };
  const most = mostOf(fetch, limits);
  // The kernel holds one file to about that between two looks, and where this process has died. Tools have files of their own.
  const bounds = ["prlimit", `--fsize=${Math.max(most, OWN_FILES) + 1}`, `--data=${limits.memory}`, "--core=0"];
  const { signal, env, cwd, onOutput, onLine } = fetch;
  const child = startTool([...bounds, ...argv], { signal, env, cwd, stdio: ["ignore", "pipe", "pipe"] });
  if (onOutput) child.stdout?.on("data", onOutput);
  else if (!onLine) child.stdout?.resume();
  const watch = new Watch(child, fetch, limits, most);
  const timer = setInterval(() => watch.look(), LOOK_MS);
  try {
    const end = await endOfTool(child, onLine);
    throwIfAborted(signal);
    const why = watch.why ?? (end.exitCode === 0 ? undefined : watch.meaning(end.tail));
    if (why === undefined) return end;
    throw new SandstackError(fetch.code, `${fetch.from} ${why}.`, {
      cause: end.tail.join("\n"),
      hint: "Nothing of it was taken. Try again later, or ask another.",
    });
  } finally {
    clearInterval(timer);
  }
}

function mostOf({ promised, folder }: Fetch, { bytes }: FetchLimits): number {
  if (promised !== undefined) return promised;
  const { bavail, bsize } = statfsSync(folder);
  return Math.min(bytes, Math.floor((bavail * bsize) / 2));
}

class Watch {
  /** The reason for which it was ended. */
  why: string | undefined;
  private readonly began = Date.now();
  private mark: { at: number; bytes: number; ticks: number };

  constructor(
    private readonly child: ChildProcess,
    private readonly fetch: Fetch,
    private readonly limits: FetchLimits,
    private readonly most: number,
  ) {
    this.mark = { at: this.began, bytes: bytesIn(fetch.folder), ticks: ticksOf(child) };
  }

  look(): void {
    const { stallMs, stallBytes, lookupMs } = this.limits;
    const now = { at: Date.now(), bytes: bytesIn(this.fetch.folder), ticks: ticksOf(this.child) };
    const came = Math.abs(now.bytes - this.mark.bytes) >= stallBytes;
    if (now.bytes > this.most) this.end(this.tooMuch());
    else if (came || now.ticks - this.mark.ticks >= TICKS_OF_A_SECOND) this.mark = now;
    else if (now.at - this.mark.at > stallMs) {
      this.end(`sent fewer than ${stallBytes} bytes within ${formatDuration(stallMs)}`);
    }
    if (this.fetch.isLookup && now.at - this.began > lookupMs) this.end(`had no end after ${formatDuration(lookupMs)}`);
  }

  /** Reads in the tool's own words which limit it met that the kernel holds it to. */
  meaning(tail: readonly string[]): string | undefined {
    if (tail.some((line) => TOO_LARGE.test(line)) || bytesIn(this.fetch.folder) > this.most) return this.tooMuch();
    if (tail.some((line) => OUT_OF_MEMORY.test(line))) {
      return `sent what takes more than the ${this.limits.memory} bytes of memory that an answer may take`;
    }
    return undefined;
  }

  private tooMuch(): string {
    return `sent more than the ${this.most} bytes that ${this.fetch.promised === undefined ? "there is room for" : "were promised"}`;
  }

  private end(why: string): void {
    this.why ??= why;
    killTool(this.child);
  }
}

/** Time that a process has worked. */
function ticksOf({ pid }: ChildProcess): number {
  try {
    const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")
      .slice(11, 13)
      .map(Number);
    return user + system;
  } catch {
    return 0;
  }
}
