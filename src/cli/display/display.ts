import type { EngineEvent } from "../../engine";
import { present } from "../style";
import { jsonDisplay } from "./json";
import { liveDisplay } from "./on-terminal";
import { plainDisplay } from "./plain";

/** Shows an operation while it runs. */
export interface Display {
  event(event: EngineEvent): void;
  /** A line that the program has printed. */
  printed(line: string): void;
  /**
   * It is over.
   * @param error what it ended with, which is told by who called
   */
  end(error?: Error): void;
}

/** The screen that goes with where our output goes. */
export function createDisplay({ json = false, diff = false }: { json?: boolean; diff?: boolean }): Display {
  // The program's own output is caught while it runs: these are the streams as they are before.
  const out = process.stdout.write.bind(process.stdout);
  if (json) return jsonDisplay(out);
  if (process.stdout.isTTY) return liveDisplay(out, diff);
  const tell = process.stderr.write.bind(process.stderr);
  return plainDisplay(
    (text) => out(present(text)),
    diff,
    (text) => tell(present(text)),
  );
}
