import { ProgressBar } from "../../src/cli/progress";
import type { BuildProgress } from "../../src/model/image";
import type { Screen } from "./screen";

/** Shows how the building of an image goes: a bar on a terminal, elsewhere a line per step. */
export class BuildReport implements Disposable {
  private readonly bar = new ProgressBar();
  private readonly steps = new Set<string>();
  /** Whether anything had to be done; false where the image was in the store. */
  built = false;

  constructor(private readonly screen: Screen) {}

  readonly report = (progress: BuildProgress): void => {
    this.built = true;
    this.bar.report(progress);
    // Packages come in two rounds, and there are two layers: once is enough to read.
    if (process.stderr.isTTY || this.steps.has(progress.step)) return;
    this.steps.add(progress.step);
    this.screen.say(progress.step);
  };

  [Symbol.dispose](): void {
    this.bar[Symbol.dispose]();
  }
}
