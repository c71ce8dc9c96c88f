import type { ContainerInspectInfo } from "dockerode";
import type { EndedRecord } from "../../model/tier";
import { release } from "../ledger/claim";
import { dropContainer, hasContainer, readDeadline, readEnded, writeEnded } from "../ledger/entry";
import { isDeclared, type DockerIntent } from "../ledger/intent";
import { dropSnapshot, listSnapshots } from "../ledger/snapshot";
import { engineAt, type Engine } from "./engine";
import { fromEngine, ifKnown, statusOf } from "./engine-error";
import { readLastWords, type LastWords } from "./last-words";
import { removeParts } from "./parts";

/**
 * Looks at a sandbox's container. Of one that has ended, how is written down, and what is left of it goes, unless a stack
 * declares that: no process of this machine is there to do it when it happens.
 * @throws SandstackError NO_ENGINE and what else an engine may answer
 */
export async function observe(intent: DockerIntent): Promise<void> {
  const { spec, claims } = intent;
  if (!hasContainer(spec.id) || (isDeclared(intent) && readEnded(spec.id) !== undefined)) return;
  const engine = await engineAt(claims.host);
  try {
    const found = await ifKnown(() => engine.api.getContainer(claims.container).inspect());
    if (found?.State.Running) return;
    await settleEnd(engine, intent, found);
  } catch (error) {
    throw fromEngine(error, claims.host, `looking at ${claims.container}`);
  }
}

/** Writes down how a sandbox has ended, then removes all of it that no stack declares. */
export async function settleEnd(
  engine: Engine,
  intent: DockerIntent,
  found: ContainerInspectInfo | undefined,
): Promise<void> {
  const { spec, claims } = intent;
  const deadline = readDeadline(intent);
  const words = found && (await lastWords(engine, claims.container));
  // Somebody else may be doing the same, who wrote it down before he removed what could tell.
  if (readEnded(spec.id) === undefined) writeEnded(spec.id, endOf(spec.id, found, words, deadline), words?.output);
  if (!isDeclared(intent)) await clearAway(engine, intent);
}

/** Removes all of a sandbox that has ended; the mark that it has a container goes last. */
export async function clearAway(engine: Engine, { spec, claims }: DockerIntent): Promise<void> {
  await removeParts(engine, spec.id);
  for (const { id, keep } of listSnapshots(spec.id).snapshots) if (!keep) dropSnapshot(id);
  if (claims.nameLink !== undefined) release(claims.nameLink, spec.id);
  dropContainer(spec.id);
}

async function lastWords(engine: Engine, container: string): Promise<LastWords | undefined> {
  try {
    return readLastWords(await engine.api.getContainer(container).logs({ stdout: true }));
  } catch (error) {
    // It is being removed, or gone.
    if (statusOf(error) === 404 || statusOf(error) === 409) return undefined;
    throw error;
  }
}

/** What its guest said at last; of one that could say nothing, what the engine has seen. */
export function endOf(
  id: string,
  found: Pick<ContainerInspectInfo, "State"> | undefined,
  words: LastWords | undefined,
  deadline: number,
): EndedRecord {
  const finished = found === undefined ? Number.NaN : Date.parse(found.State.FinishedAt);
  // A container that never ran has the year 1.
  const endedAt = finished > 0 ? finished : Date.now();
  if (words !== undefined) return { id, endedAt, ...words.end };
  return {
    id,
    endedAt,
    how: howOf(found, endedAt >= deadline),
    exitCode: null,
    signal: null,
    task: false,
    outputDropped: 0,
  };
}

function howOf(found: Pick<ContainerInspectInfo, "State"> | undefined, isOver: boolean): EndedRecord["how"] {
  if (found === undefined) return "lost";
  if (found.State.OOMKilled) return "out of memory";
  // By the engine's reaper, or by its guest while the engine was dead and wrote no log.
  return isOver ? "timed out" : "killed";
}
