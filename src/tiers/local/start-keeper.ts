import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { SandstackError, type ErrorCode } from "../../model/error";
import type { Intent } from "../ledger/intent";
import { GUEST_BINARY } from "./guest-binary";
import { keeperSpec } from "./keeper-spec";

/** Far more than any start takes, even of 200 at once on a small machine. */
const START_TIMEOUT_MS = 60_000;

/** The keeper's one line: `ready`, or `error CODE message`. `undefined` is ready. */
export function parseKeeperLine(line: string): SandstackError | undefined {
  if (line === "ready") return undefined;
  const [, code, message] = /^error ([A-Z_]+) (.*)$/s.exec(line) ?? [];
  if (code === undefined) return new SandstackError("START_FAILED", `The keeper said ${JSON.stringify(line)}.`);
  return new SandstackError(code as ErrorCode, `The sandbox could not be made: ${message}`);
}

/**
 * Starts the keeper of a sandbox and waits until its guest has taken its root. The keeper lives on by itself.
 * @throws SandstackError with the keeper's own code, or START_FAILED when it died or stayed silent
 */
export async function startKeeper(intent: Intent): Promise<void> {
  const keeper = spawn(join(intent.claims.guestRoot, GUEST_BINARY), ["keeper"], {
    cwd: "/",
    env: {},
    detached: true,
    stdio: "pipe",
  });
  // A keeper that dies at once leaves the rest of its spec unread; how it died is told by its end.
  keeper.stdin.on("error", () => {});
  keeper.stdin.end(keeperSpec(intent));
  const timer = setTimeout(() => keeper.kill("SIGKILL"), START_TIMEOUT_MS);
  try {
    const error = parseKeeperLine(await firstLine(keeper));
    if (error) throw error;
  } finally {
    clearTimeout(timer);
    keeper.stdout.destroy();
    keeper.stderr.destroy();
    keeper.unref();
  }
}

function firstLine(keeper: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    let complaint = "";
    keeper.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint = (complaint + text).slice(-4_096)));
    keeper.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const end = said.indexOf("\n");
      if (end >= 0) resolve(said.slice(0, end));
    });
    keeper.once("error", (cause) =>
      reject(new SandstackError("START_FAILED", `The keeper did not start: ${cause.message}.`, { cause })),
    );
    keeper.once("close", (code, signal) => {
      const how = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
      const words = complaint.trim();
      reject(new SandstackError("START_FAILED", `The keeper ${how} before it was ready${words && `: ${words}`}.`));
    });
  });
}
