import { looksLikeConnection, parseConnection } from "../src/model/connection";
import { invalidOption, type SandstackError } from "../src/model/error";
import type { Connection } from "../src/model/tier";
import { endedError } from "./ended";

/** Which sandbox is meant: a connection, as it is or as a string; or a name or id, which only root can look up. */
export type Target = string | Connection;

/** @throws SandstackError INVALID_OPTION, NO_SUCH_SANDBOX, NOT_ROOT, or ENDED with when and why */
export async function resolveTarget(target: Target): Promise<Connection> {
  if (typeof target !== "string") return parseConnection(JSON.stringify(target ?? null));
  if (looksLikeConnection(target)) return parseConnection(target);
  if (target === "") throw noTarget();
  const { lookUp } = await import("../src/tiers/index.js");
  const { connection, ended } = await lookUp(target);
  if (ended) throw endedError(connection.id, ended);
  return connection;
}

/** The id of a sandbox, or a name of it, for the ledger. @throws SandstackError INVALID_OPTION */
export function idOf(target: Target): string {
  if (typeof target !== "string") return parseConnection(JSON.stringify(target ?? null)).id;
  if (target === "") throw noTarget();
  return looksLikeConnection(target) ? parseConnection(target).id : target;
}

function noTarget(): SandstackError {
  return invalidOption("sandbox", "", "a connection, or a sandbox's name or id");
}
