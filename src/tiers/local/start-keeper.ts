import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { SandstackError, type ErrorCode } from "../../model/error";
import type { LocalIntent } from "../ledger/intent";
import { GUEST_BINARY } from "./guest-binary";
import { noIdMap } from "./id-map";
import { keeperSpec, type ShownFiles } from "./keeper-spec";
import { Starter } from "./starter";

/** Far more than any start takes, even of 200 at once on a small machine. */
const START_TIMEOUT_MS = 60_000;

/** Of what a keeper says that just dies, in lines. */
const MAX_WORDS = 20;

/** The kernel's answer where a file system can't (guest/src/keeper/mounts.c). */
const NO_ID_MAP = /^giving its own user ids to .*: (Invalid argument|Operation not supported)$/s;

/**
 * Why a keeper has not started; `undefined` where it has.
 * @param last `ready`, `error CODE message`, `ended CODE`, `killed SIGNAL`, or `undefined` where its starter died
 * @param said what it said before
 */
export function keeperError(last: string | undefined, said: readonly string[]): SandstackError | undefined {
  if (last === "ready") return undefined;
  const [, code, message] = /^error ([A-Z_]+) (.*)$/s.exec(last ?? "") ?? [];
  if (message !== undefined && NO_ID_MAP.test(message)) return noIdMap(message);
  if (code) return new SandstackError(code as ErrorCode, `The sandbox could not be made: ${message}`);
  const words = said.length > 0 ? `: ${said.slice(-MAX_WORDS).join(" ")}` : "";
  return new SandstackError("START_FAILED", `The keeper ${fateOf(last)} before it was ready${words}.`);
}

function fateOf(last: string | undefined): string {
  const [, how, number] = /^(ended|killed) (\d+)$/.exec(last ?? "") ?? [];
  if (how === "ended") return `ended with exit code ${number}`;
  if (how === "killed") return `was killed by signal ${number}`;
  return last === undefined ? "was lost with its starter" : `said ${JSON.stringify(last)}`;
}

export interface Start {
  /** A connection to the guest is opened meanwhile. */
  dial: boolean;
  files: ShownFiles;
}

/**
 * Starts the keeper of a sandbox and waits until its guest has taken its root. The keeper lives on by itself.
 * @returns where it was asked for, a connection to the guest
 * @throws SandstackError with the keeper's own code, or START_FAILED when it died or stayed silent
 */
export async function startKeeper(intent: LocalIntent, { dial, files }: Start): Promise<Socket | undefined> {
  const { guestRoot, socket: path } = intent.claims;
  const said: string[] = [];
  let socket: Socket | undefined;
  const { last, giveUp } = Starter.of(join(guestRoot, GUEST_BINARY)).start(keeperSpec(intent, files), (line) => {
    if (line !== "listening") said.push(line);
    // The guest takes it as soon as it is ready.
    else if (dial) socket = connect({ path }).on("error", () => {});
  });
  const timer = setTimeout(giveUp, START_TIMEOUT_MS);
  const error = keeperError(await last, said);
  clearTimeout(timer);
  if (!error) return socket;
  socket?.destroy();
  throw error;
}
