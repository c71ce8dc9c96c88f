import { Engine, readProject } from "sandstack/engine";
import { fileProvider } from "./file-provider";

// An engine in a process of its own, for tests of what must not happen in the test's: told what to do by its argument,
// it prints events as lines of JSON, and how it ended. SIGINT aborts.

export interface Order {
  operation: "up" | "preview" | "refresh" | "destroy";
  projectFile: string;
  journal: string;
  passphrase?: string;
  /** The provider is not in the process: the project names its plugin. */
  plugin?: boolean;
}

async function main({ operation, projectFile, journal, passphrase = "password", plugin }: Order): Promise<void> {
  const controller = new AbortController();
  process.on("SIGINT", () => controller.abort());
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  try {
    const engine = new Engine({
      project: readProject(projectFile),
      stack: "dev",
      passphrase,
      providers: plugin === true ? {} : { file: () => fileProvider(journal) },
      events: say,
      signal: controller.signal,
    });
    const { outputs, changes } = await engine[operation]();
    say({ ended: "well", outputs, changes });
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint?: string };
    say({ ended: "badly", code, message, hint });
    process.exitCode = 1;
  }
}

void main(JSON.parse(process.argv[2] ?? "{}") as Order);
