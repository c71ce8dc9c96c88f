import { spawn, type SpawnOptionsWithoutStdio } from "node:child_process";
import { resolve } from "node:path";
import { until } from "../support/until";
import { CLI } from "./cli";

/** `sandstack …` on a terminal. */
export function onTerminal(args: readonly string[], options: SpawnOptionsWithoutStdio = {}) {
  const child = spawn("python3", [resolve(__dirname, "on-terminal.py"), process.execPath, CLI, ...args], options);
  let [shown, said] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (shown += data.toString()));
  child.stderr.on("data", (data: Buffer) => (said += data.toString()));
  const ended = new Promise<{ code: number | null; said: string; shown: string }>((done) =>
    child.on("close", (code) => done({ code, said: said.replace(/^\d+\n/, ""), shown })),
  );
  return {
    ended,
    type: (keys: string) => child.stdin.write(keys),
    shows: (pattern: RegExp) => until(`${String(pattern)} in ${shown}`, 10_000, () => pattern.exec(shown)),
    enlarge: () => child.kill("SIGUSR1"),
    /** Of the command itself. */
    pid: () => Number.parseInt(said, 10),
    /** The window is closed. */
    close: () => child.kill("SIGKILL"),
  };
}
