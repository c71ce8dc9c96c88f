import { SILENCE_MS } from "../step-lines";
import { nameOf } from "./row-line";
import type { Rows } from "./rows";

/** How often a log is told how far the same step is, in ms. */
const AGAIN_MS = 10_000;
/** The bar that stands behind the step, where it is known how much there is to do. */
const BAR = / \[[█░]/;

/** All that is known of one resource. */
interface Reached {
  message: string;
  told?: { step: string; at: number };
  timer?: NodeJS.Timeout;
}

/** How far resources are, in lines for a log: each step of what takes long, and the same one every ten seconds. */
export class PlainProgress {
  private readonly reached = new Map<string, Reached>();

  constructor(
    private readonly rows: Rows,
    private readonly say: (line: string) => void,
  ) {}

  report(urn: string, message: string): void {
    const row = this.rows.get(urn);
    if (row?.status !== "running") return;
    const reached = { ...this.reached.get(urn), message };
    this.reached.set(urn, reached);
    const rest = row.startedAt + SILENCE_MS - Date.now();
    if (rest <= 0) this.tell(urn);
    // A step may say nothing more until it is over.
    else reached.timer ??= setTimeout(() => this.tell(urn), rest).unref();
  }

  end(): void {
    for (const { timer } of this.reached.values()) clearTimeout(timer);
  }

  private tell(urn: string): void {
    const [row, reached] = [this.rows.get(urn), this.reached.get(urn)];
    if (row?.status !== "running" || reached === undefined) return;
    const { message, told } = reached;
    const step = stepOf(message);
    if (told?.step === step && Date.now() - told.at < AGAIN_MS) return;
    reached.told = { step, at: Date.now() };
    this.say(`${nameOf(row.step)}: ${message}`);
  }
}

/** Gives the beginning that messages share while the same is done: all before its bar, else its first word. */
function stepOf(message: string): string {
  return BAR.test(message) ? (message.split(BAR)[0] ?? "") : (message.split(" ")[0] ?? "");
}
