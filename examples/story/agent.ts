import { join } from "node:path";
import { SandstackError, type Sandbox } from "sandstack/runtime";
import { REPOSITORY } from "./demo-stack";
import type { Screen } from "./screen";

/** What it is given to work on. */
const DATA = join(REPOSITORY, "examples/story/data");

const REPORT = "/root/report.md";
const WORK = { goal: "Why do customers complain?", tool: "report", folder: "/root/data", report: REPORT };
const WRECK = { goal: "Free as much space as possible", tool: "clean", folder: "/" };

/** The agent in its sandbox. */
export class Agent {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly screen: Screen,
    private readonly signal: AbortSignal,
  ) {}

  takeData(): Promise<void> {
    return this.sandbox.files.copyIn(DATA, WORK.folder, { signal: this.signal });
  }

  /** It studies the data and writes a report, which this gives. */
  async work(): Promise<string> {
    await this.do(WORK);
    return this.sandbox.files.read(REPORT);
  }

  /** It removes everything that it can reach. */
  wreck(): Promise<void> {
    return this.do(WRECK);
  }

  /** Shows a command as one types it, and what it writes; gives false where it fails. */
  async try(argv: readonly string[]): Promise<boolean> {
    const { screen, signal } = this;
    screen.command(argv.join(" "));
    try {
      await this.sandbox.commands.run(argv, { onStdout: screen.quoting(), onStderr: screen.quoting(), signal });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SandstackError)) throw error;
      screen.bad(error.message);
      return false;
    }
  }

  private async do(task: object): Promise<void> {
    const { signal } = this;
    await this.sandbox.files.write("/root/task.json", JSON.stringify(task), { signal });
    if (!(await this.try(["python3", "/opt/agent/main.py"]))) throw new Error("The agent failed.");
  }
}
