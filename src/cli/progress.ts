import type { SingleBar } from "cli-progress";
import type { BuildProgress } from "../model/image";
import { oneLine } from "../model/visible";
import { StepLines } from "./step-lines";

/** How far something is, on stderr: a bar on a terminal once there is something to show, else a line for each step. */
export class ProgressBar implements Disposable {
  private bar: SingleBar | undefined;
  private readonly lines = new StepLines();

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  readonly report = (reached: BuildProgress): void => {
    if (!this.stream.isTTY) {
      this.lines.report(reached);
      return;
    }
    const { step, fraction = 0, detail = "" } = reached;
    const shown = { step: oneLine(step), detail: oneLine(detail).slice(0, 40) };
    if (this.bar) {
      this.bar.update(fraction, shown);
      return;
    }
    this.bar = new (loadSingleBar())({
      stream: this.stream,
      format: "{step} [{bar}] {percentage}% {detail}",
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
    });
    this.bar.start(1, fraction, shown);
  };

  /** Takes the bar away and shows the cursor again. */
  [Symbol.dispose](): void {
    this.lines.end();
    this.bar?.stop();
    this.bar = undefined;
  }
}

/** Most commands show no bar, and start a third faster without it. */
function loadSingleBar(): typeof SingleBar {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require("cli-progress") as { SingleBar: typeof SingleBar }).SingleBar;
}
