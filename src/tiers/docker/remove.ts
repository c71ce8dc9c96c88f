import { setTimeout as sleep } from "node:timers/promises";
import { hasContainer, markEnding, readEnded, removeEntry } from "../ledger/entry";
import { release } from "../ledger/claim";
import type { DockerIntent } from "../ledger/intent";
import { engineAt, type Engine } from "./engine";
import { fromEngine, ifKnown, statusOf } from "./engine-error";
import { clearAway, settleEnd } from "./observe";
import { removeParts } from "./parts";

/** What a guest may take to end its sandbox in order: its own grace, and a little. */
const PATIENCE_MS = 4_000;

/** As removeSandbox, of one in a container: in order first, by force where that takes too long. */
export async function removeDocker(intent: DockerIntent): Promise<void> {
  if (readEnded(intent.spec.id) !== undefined && !hasContainer(intent.spec.id)) return;
  markEnding(intent.spec.id);
  await atEngine(intent, async (engine) => {
    const container = engine.api.getContainer(intent.claims.container);
    if (!(await ended(engine, intent))) await signal(() => container.kill({ signal: "SIGTERM" }));
    const until = Date.now() + PATIENCE_MS;
    for (let pause = 5; !(await ended(engine, intent)); pause = Math.min(pause * 1.5, 50)) {
      if (Date.now() > until) await signal(() => container.kill({ signal: "SIGKILL" }));
      await sleep(pause);
    }
    await settleEnd(engine, intent, await ifKnown(() => container.inspect()));
  });
}

/** Removes what a stack has declared of a sandbox that has ended, and has not removed. */
export async function clearDeclared(intent: DockerIntent): Promise<void> {
  if (hasContainer(intent.spec.id)) await atEngine(intent, (engine) => clearAway(engine, intent));
}

/** As removeDocker, at once and without a record where it never came to be a sandbox. */
export async function endDockerByForce(intent: DockerIntent): Promise<void> {
  const { spec, claims } = intent;
  if (hasContainer(spec.id)) {
    await atEngine(intent, async (engine) => {
      const container = engine.api.getContainer(claims.container);
      await signal(() => container.kill({ signal: "SIGKILL" }));
      await settleEnd(engine, intent, await ifKnown(() => container.inspect()));
    });
    return;
  }
  await atEngine(intent, (engine) => removeParts(engine, spec.id));
  if (claims.nameLink !== undefined) release(claims.nameLink, spec.id);
  removeEntry(spec.id);
}

async function atEngine(intent: DockerIntent, work: (engine: Engine) => Promise<void>): Promise<void> {
  const { host, container } = intent.claims;
  try {
    await work(await engineAt(host));
  } catch (error) {
    throw fromEngine(error, host, `ending ${container}`);
  }
}

async function ended(engine: Engine, { claims }: DockerIntent): Promise<boolean> {
  const found = await ifKnown(() => engine.api.getContainer(claims.container).inspect());
  return found?.State.Running !== true;
}

/** One that has just ended, or is gone, needs none. */
async function signal(send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
  }
}
