import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { SandstackError, type ErrorCode } from "../../model/error";
import { entryPath } from "../ledger/entry";
import type { Intent } from "../ledger/intent";
import { GUEST_BINARY } from "./guest-binary";
import { keeperSpec, type Start } from "./keeper-spec";

/** Far more than any start takes, even of 200 at once on a small machine. */
const START_TIMEOUT_MS = 60_000;

/** Of what a keeper says that just dies, in characters. */
const MAX_WORDS = 4_096;

/** The keeper's one line: `ready`, or `error CODE message`. `undefined` is ready. */
export function parseKeeperLine(line: string): SandstackError | undefined {
  if (line === "ready") return undefined;
  const [, code, message] = /^error ([A-Z_]+) (.*)$/s.exec(line) ?? [];
  if (code === undefined) return new SandstackError("START_FAILED", `The keeper said ${JSON.stringify(line)}.`);
  return new SandstackError(code as ErrorCode, `The sandbox could not be made: ${message}`);
}

/**
 * Starts the keeper of a sandbox and waits until its guest has taken its root. The keeper lives on by itself.
 * @returns where it was asked for, a connection to the guest
 * @throws SandstackError with the keeper's own code, or START_FAILED when it died or stayed silent
 */
export async function startKeeper(intent: Intent, start: Start): Promise<Socket | undefined> {
  const keeper = spawnKeeper(intent, start);
  const socket = keeper.stdio[3] as Socket | undefined;
  socket?.on("error", () => {});
  const timer = setTimeout(() => keeper.kill("SIGKILL"), START_TIMEOUT_MS);
  try {
    const error = parseKeeperLine(await firstLine(keeper));
    if (error) throw error;
    return socket;
  } catch (error) {
    socket?.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    keeper.stdout?.destroy();
    keeper.unref();
  }
}

/** With its spec as a file that it reads from its first instruction on, not as a pipe that is filled after the spawn. */
function spawnKeeper(intent: Intent, start: Start): ChildProcess {
  const bytes = keeperSpec(intent, start);
  const spec = openSync(entryPath(intent.spec.id, "spec"), "w+", 0o600);
  try {
    writeSync(spec, bytes, 0, bytes.length, 0);
    return spawn(join(intent.claims.guestRoot, GUEST_BINARY), ["keeper"], {
      cwd: "/",
      env: {},
      detached: true,
      stdio: [spec, "pipe", "ignore", ...(start.dial ? (["pipe"] as const) : [])],
    });
  } finally {
    closeSync(spec);
  }
}

function firstLine(keeper: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    keeper.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const line = /^(ready|error .*)\n/m.exec(said)?.[1];
      if (line !== undefined) resolve(line);
    });
    keeper.once("error", (cause) =>
      reject(new SandstackError("START_FAILED", `The keeper did not start: ${cause.message}.`, { cause })),
    );
    keeper.once("close", (code, signal) => {
      const how = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
      const words = said.slice(-MAX_WORDS).trim();
      reject(new SandstackError("START_FAILED", `The keeper ${how} before it was ready${words && `: ${words}`}.`));
    });
  });
}
