import type { WriteStream } from "node:tty";
import { present } from "../style";

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const FRAME_MS = 80;

/** A region at the end of a terminal that is painted again and again; what is said goes above it and stays. */
export class LiveRegion {
  private painted = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly showCursor = () => this.write(SHOW_CURSOR);

  constructor(
    private readonly stream: Pick<WriteStream, "columns" | "rows">,
    private readonly write: (text: string) => void,
    /** What it shows now, each line no wider than the terminal. */
    private readonly lines: () => string[],
  ) {
    this.write(HIDE_CURSOR);
    // Whoever ends the process: the terminal is as it was.
    process.once("exit", this.showCursor);
    // It must not look like something that the program has started.
    this.timer = setInterval(() => this.paint(), FRAME_MS).unref();
  }

  /** Above the region. */
  say(text: string): void {
    this.write(`${this.up()}${present(text)}\n`);
    this.painted = 0;
    this.paint();
  }

  /** Puts what is to stay in its place. */
  end(text: string): void {
    clearInterval(this.timer);
    process.off("exit", this.showCursor);
    this.write(`${this.up()}${present(text)}${SHOW_CURSOR}`);
  }

  private paint(): void {
    const all = this.lines();
    // What is above the screen can't be painted again.
    const room = Math.max(1, (this.stream.rows || 24) - 1);
    const shown = all.length <= room ? all : all.slice(-room);
    this.write(this.up() + present(shown.map((line) => `${line}\n`).join("")));
    this.painted = shown.length;
  }

  /** To the region's beginning, and all of it away. */
  private up(): string {
    return this.painted === 0 ? "\r\x1b[J" : `\x1b[${this.painted}A\r\x1b[J`;
  }
}
