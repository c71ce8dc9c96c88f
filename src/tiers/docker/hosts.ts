import { existsSync } from "node:fs";
import { hasContainer, listEntries, readEnded, readIntent } from "../ledger/entry";
import { isLocal } from "../ledger/intent";
import { listSnapshots } from "../ledger/snapshot";
import { defaultHost } from "../../model/docker/default-host";
import { socketOf } from "./host";

/** Engines on which something of ours may be: those that the ledger speaks of, and the one that is there by default. */
export function knownHosts(): string[] {
  const hosts = new Set(listEntries().flatMap((id) => hostOf(id) ?? []));
  for (const { docker } of listSnapshots().snapshots) if (docker !== undefined) hosts.add(docker.host);
  const usual = defaultHost();
  const socket = socketOf(usual);
  if (process.env["DOCKER_HOST"] || (socket !== undefined && existsSync(socket))) hosts.add(usual);
  return [...hosts];
}

/** Of a sandbox that may have something there; what can't be read is told by the listing of records. */
function hostOf(id: string): string | undefined {
  try {
    const intent = readIntent(id);
    if (intent === undefined || isLocal(intent)) return undefined;
    return hasContainer(id) || readEnded(id) === undefined ? intent.claims.host : undefined;
  } catch {
    return undefined;
  }
}
