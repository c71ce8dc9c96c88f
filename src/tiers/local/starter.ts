import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** How long a starter stays when nothing is left to start, in ms: who makes one sandbox often makes the next soon. */
const LINGER_MS = 500;

/** A keeper that is being started. */
export interface Starting {
  /** The last that is heard of its start: `ready`, `error …`, `ended CODE` or `killed SIGNAL`; `undefined` when it was lost. */
  last: Promise<string | undefined>;
  /** Kills it, however far it is. */
  giveUp: () => void;
}

/** Who is told what one keeper says. */
interface Listener {
  onLine: (line: string) => void;
  onLast: (line: string | undefined) => void;
}

const LAST_LINE = /^(ready$|error |ended |killed )/;

/**
 * The child that forks keepers for this process, whose own fork would hold it up for as long as its memory is large
 * (guest/PROTOCOL.md, "The starter"). With this process it ends; when it is not needed any more, as soon as its keepers have.
 */
export class Starter {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, Listener>();
  private last = 0;
  private idle: NodeJS.Timeout | undefined;

  private constructor(private readonly program: string) {
    this.child = spawn(program, ["starter"], { cwd: "/", env: {}, detached: true, stdio: ["pipe", "pipe", "ignore"] });
    this.child.once("error", () => this.lose());
    this.child.once("exit", () => this.lose());
    // A starter that is gone tells so by its exit.
    this.requests.on("error", () => {});
    createInterface({ input: this.child.stdout as Readable }).on("line", (line) => this.take(line));
  }

  private static readonly running = new Map<string, Starter>();

  /** The one that runs a program; started where there is none. */
  static of(program: string): Starter {
    const known = Starter.running.get(program);
    if (known) return known;
    const starter = new Starter(program);
    Starter.running.set(program, starter);
    return starter;
  }

  /** Starts a keeper. `onLine` is told what it says before its last line. */
  start(spec: Buffer, onLine: (line: string) => void): Starting {
    const number = ++this.last;
    const last = new Promise<string | undefined>((onLast) => this.waiting.set(number, { onLine, onLast }));
    this.hold();
    this.requests.write(Buffer.concat([uint32(spec.length), spec]));
    return { last, giveUp: () => void this.requests.write(Buffer.concat([uint32(0), uint32(number)])) };
  }

  private get requests(): Writable {
    return this.child.stdin as Writable;
  }

  private take(text: string): void {
    const [, number, line] = /^(\d+) (.*)$/.exec(text) ?? [];
    const listener = this.waiting.get(Number(number));
    if (line === undefined || listener === undefined) return;
    if (!LAST_LINE.test(line)) return listener.onLine(line);
    this.waiting.delete(Number(number));
    if (this.waiting.size === 0) this.release();
    listener.onLast(line);
  }

  /** This process waits for it. */
  private hold(): void {
    clearTimeout(this.idle);
    for (const handle of this.handles) handle.ref();
  }

  /** This process may end without it. */
  private release(): void {
    this.idle = setTimeout(() => {
      this.leave();
      this.requests.end();
    }, LINGER_MS).unref();
    for (const handle of this.handles) handle.unref();
  }

  private get handles(): readonly [ChildProcess, Socket, Socket] {
    return [this.child, this.child.stdin as Socket, this.child.stdout as Socket];
  }

  /** Nothing more is asked of it. */
  private leave(): void {
    if (Starter.running.get(this.program) === this) Starter.running.delete(this.program);
  }

  private lose(): void {
    this.leave();
    clearTimeout(this.idle);
    for (const { onLast } of this.waiting.values()) onLast(undefined);
    this.waiting.clear();
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
