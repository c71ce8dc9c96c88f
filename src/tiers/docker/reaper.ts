import { renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Container, ContainerInspectInfo } from "dockerode";
import { GUEST_PROGRAM } from "../../model/docker/hardening";
import { sharedLabels } from "../../model/docker/labels";
import { HARDENED } from "./container";
import type { Engine } from "./engine";
import { ifKnown, statusOf } from "./engine-error";
import { ensureGuestImage } from "./guest-image";
import { socketOf } from "./host";
import { processRoot } from "./process-root";
import { sharedWork } from "./shared-work";
import { oneFileTar } from "./one-file-tar";

/** The container's name. */
export const REAPER = "sandstack-reaper";
const VOLUME = "sandstack-reaper-leases";
/** The folder where it has its leases, a file for each sandbox. */
export const REAPER_LEASES = "/leases";
/** Where engines have their socket, for one that is reached another way. */
const USUAL_SOCKET = "/var/run/docker.sock";
/** A reaper with nothing to do goes, perhaps just now; and one that somebody else makes is named before it is there. */
const TRIES = 10;
const PAUSE_MS = 50;
/** An engine's answer to a second start. */
const ALREADY_STARTED = 304;

/**
 * Tells an engine's reaper until when a sandbox may live, and sees to it that there is one: a container with the
 * engine's socket, which ends what its guest did not. It comes back with the engine, and goes when it has nothing to do.
 */
export async function lease(engine: Engine, id: string, deadline: number): Promise<void> {
  for (let left = TRIES; ; left--) {
    const found = await sharedWork(`reaper at ${engine.id}`, () => ensureReaper(engine));
    const reaper = engine.api.getContainer(REAPER);
    try {
      if (found !== undefined && writeLease(engine, found, id, deadline)) return;
      await reaper.putArchive(oneFileTar(id, lineOf(deadline), 0o600), { path: REAPER_LEASES });
      if ((await ifKnown(() => reaper.inspect()))?.State.Running) return;
    } catch (error) {
      if (left <= 1 || (statusOf(error) !== 404 && statusOf(error) !== 409)) throw error;
    }
    await sleep(PAUSE_MS);
  }
}

/**
 * Straight into its volume, where its root can be seen: an engine starts a process of its own for each archive.
 * @returns whether a living reaper has it now
 */
function writeLease(engine: Engine, reaper: ContainerInspectInfo, id: string, deadline: number): boolean {
  const root = processRoot(engine, reaper);
  if (root === undefined) return false;
  try {
    const path = `${root}${REAPER_LEASES}/${id}`;
    writeFileSync(`${path}.new`, lineOf(deadline), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // It went just now.
    return false;
  }
  return processRoot(engine, reaper) !== undefined;
}

function lineOf(deadline: number): Buffer {
  return Buffer.from(`${deadline}\n`);
}

/** @returns what the engine says of it; `undefined` where it has gone again */
async function ensureReaper(engine: Engine): Promise<ContainerInspectInfo | undefined> {
  const image = await ensureGuestImage(engine);
  const reaper = engine.api.getContainer(REAPER);
  const found = await ifKnown(() => reaper.inspect());
  if (found !== undefined && found.Config.Image === image) {
    if (found.State.Running) return found;
    await restart(engine, found);
  } else {
    // An older package's: its leases are in the volume, and this one's reaper goes on with them.
    if (found !== undefined) await ifKnown(() => reaper.remove({ force: true }));
    await make(engine, image);
  }
  return ifKnown(() => reaper.inspect());
}

async function restart(engine: Engine, { State }: ContainerInspectInfo): Promise<void> {
  if (!State.Restarting) await ifKnown(() => start(engine.api.getContainer(REAPER)));
}

/** Starts it, unless somebody else has meanwhile. */
async function start(reaper: Container): Promise<void> {
  try {
    await reaper.start();
  } catch (error) {
    if (statusOf(error) !== ALREADY_STARTED) throw error;
  }
}

/** Of several who do it at once one succeeds. */
async function make(engine: Engine, image: string): Promise<void> {
  await engine.api.createVolume({ Name: VOLUME, Labels: sharedLabels("reaper") });
  try {
    const reaper = await engine.api.createContainer({
      name: REAPER,
      Image: image,
      Entrypoint: [GUEST_PROGRAM, "reaper"],
      Cmd: [],
      User: "0:0",
      Env: [`SANDSTACK_ENGINE=${engine.id}`, `SANDSTACK_REAPER=${REAPER}`],
      Labels: sharedLabels("reaper"),
      HostConfig: {
        ...HARDENED,
        SecurityOpt: ["no-new-privileges"],
        RestartPolicy: { Name: "always" },
        LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
        Mounts: [
          { Type: "volume", Source: VOLUME, Target: REAPER_LEASES },
          { Type: "bind", Source: socketOf(engine.host) ?? USUAL_SOCKET, Target: "/run/docker.sock" },
        ],
        Tmpfs: {},
      },
    });
    await start(reaper);
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
}
