import type { BuildProgress } from "../model/image";
import { oneLine } from "../model/visible";
import { notice } from "./notice";

/** How long nothing is said, in ms: what is over by then needs no word. */
export const SILENCE_MS = 2_000;

/** A line for each step of something long, for a log: otherwise it looks as if it hung. */
export class StepLines {
  private readonly told = new Set<string>();
  private readonly begunAt = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private latest: BuildProgress = { step: "" };

  constructor(private readonly say = (text: string) => notice(text, { always: true })) {}

  report(reached: BuildProgress): void {
    this.latest = reached;
    const rest = this.begunAt + SILENCE_MS - Date.now();
    if (rest <= 0) this.tell();
    // A step may say nothing more until it is over.
    else this.timer ??= setTimeout(() => this.tell(), rest).unref();
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private tell(): void {
    const { step, fraction, detail } = this.latest;
    if (this.told.has(step)) return;
    this.told.add(step);
    // The detail is what is done as long as nobody knows how much there is to do.
    this.say(oneLine(fraction === undefined && detail ? `${step}: ${detail}` : step));
  }
}
