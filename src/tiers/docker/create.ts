import { setTimeout as sleep } from "node:timers/promises";
import { invalidOption, SandstackError } from "../../model/error";
import { isSandboxId } from "../../model/id";
import { refuseDisk, refuseGroup } from "../../model/sandbox-options";
import type { Created, CreateOptions, SandboxSpec, Transport } from "../../model/tier";
import { release } from "../ledger/claim";
import { isEnding, markEnding, openEntry, removeEntry, writeContainer } from "../ledger/entry";
import type { DockerIntent } from "../ledger/intent";
import { checkName, claimName } from "../ledger/name";
import { registerLedger } from "../ledger/ledger-index";
import { connectionOf } from "../ledger/record";
import { errnoOf, fromSystem } from "../system/system-error";
import { containerOptions, type Surroundings } from "./container";
import { engineAt, type Engine } from "./engine";
import { fromEngine } from "./engine-error";
import { doubtGuestVolumes, fillGuestVolume, makeGuestVolume } from "./guest-volume";
import { wordsOf } from "./frames";
import { homeOf } from "./home";
import { defaultHost } from "../../model/docker/default-host";
import { ensureImage } from "./image";
import { originHere } from "./origin";
import { intend } from "./intend";
import { labelsFor } from "../../model/docker/labels";
import { mirror } from "./mirror";
import { containerName, volumeName, WRITABLE, type Writable } from "../../model/docker/names";
import { requireRuntime } from "./runtime";
import { payloadUid } from "./payload-uid";
import { removeParts } from "./parts";
import { lease } from "./reaper";
import { requireSnapshotVolume } from "./snapshot";
import { together } from "./together";
import { reachGuest } from "./transport";

/** Far more than a guest takes until it listens. */
const START_MS = 30_000;

/** Makes a sandbox, the ledger first. @throws SandstackError; nothing is left then */
export async function createContainer(spec: SandboxSpec, options: CreateOptions = {}): Promise<Created> {
  checkSpec(spec);
  const host = spec.docker?.host ?? defaultHost();
  const engine = await engineAt(host);
  requireRuntime(engine, spec.docker?.runtime);
  registerLedger();
  open(spec.id);
  let nameLink: string | undefined;
  let intent: DockerIntent | undefined;
  try {
    if (spec.name !== undefined) nameLink = claimName(spec.name, spec.id);
    intent = intend(spec, { host, nameLink });
    const socket = await makeFrom(engine, intent, options);
    writeContainer(spec.id, intent.claims.container);
    return { connection: connectionOf(intent), socket: options.dial ? socket : close(socket) };
  } catch (thrown) {
    // What can't be removed now stays in the ledger, for gc.
    if (intent === undefined || (await giveUp(engine, spec.id))) forget(spec.id, nameLink);
    throw intent === undefined ? fromSystem(thrown, "making a sandbox") : fromEngine(thrown, host, "making a sandbox");
  }
}

/** @returns whether nothing is left */
async function giveUp(engine: Engine, id: string): Promise<boolean> {
  markEnding(id);
  // A start that failed may be for want of it.
  doubtGuestVolumes();
  return removeParts(engine, id).then(
    () => true,
    () => false,
  );
}

function forget(id: string, nameLink: string | undefined): void {
  if (nameLink !== undefined) release(nameLink, id);
  removeEntry(id);
}

/** @throws SandstackError INVALID_OPTION, or UNSUPPORTED for what other tiers have */
export function checkSpec({ id, name, owner, network, limits, group, docker }: SandboxSpec): void {
  if (!isSandboxId(id)) throw invalidOption("id", id, "an id such as newSandboxId() makes");
  if (name !== undefined) checkName(name);
  if (!/^[A-Za-z0-9:._-]{1,64}$/.test(owner)) throw invalidOption("owner", owner, "up to 64 letters, digits and :._-");
  if (network !== "none" && docker?.network === undefined) {
    throw new SandstackError("UNSUPPORTED", `network: ${JSON.stringify(network)} is refused on tier docker.`, {
      hint: 'network takes "none" here. The tier that has "host" is chroot, and it is open then.',
    });
  }
  refuseGroup(group);
  refuseDisk(limits.disk);
}

function open(id: string): void {
  try {
    openEntry(id);
  } catch (cause) {
    if (errnoOf(cause) !== "EEXIST") throw fromSystem(cause, "making a sandbox");
    throw new SandstackError("EXISTS", `Sandbox ${id} is there already.`, { cause });
  }
}

async function makeFrom(engine: Engine, { spec, claims }: DockerIntent, options: CreateOptions): Promise<Transport> {
  await together([lease(engine, spec.id, spec.deadline), makeContainer(engine, spec, options)]);
  requireWanted(spec.id, options);
  await engine.api.getContainer(claims.container).start();
  const way = await firstConnection(engine, claims.container);
  requireWanted(spec.id, options);
  return way;
}

async function makeContainer(engine: Engine, spec: SandboxSpec, options: CreateOptions): Promise<void> {
  const volumes = WRITABLE.map((volume) =>
    engine.api.createVolume({
      Name: volumeName(spec.id, volume),
      Labels: labelsFor(volume, { ...spec, ...originHere() }),
    }),
  );
  const parts = [ensureImage(engine, spec.image, options), makeGuestVolume(engine), ...volumes] as const;
  await together(parts);
  const [image, guestVolume] = [await parts[0], await parts[1]];
  const around = {
    image,
    guestVolume,
    uid: payloadUid(spec.id, engine.remaps),
    home: homeOf(spec),
    origin: originHere(),
  };
  await engine.api.createContainer(containerOptions(spec, around));
  await fillGuestVolume(engine, guestVolume, containerName(spec.id));
  if (spec.docker?.snapshot !== undefined) await layFiles(engine, spec, around);
}

/** Somebody may have begun to end it, or the caller to give up. */
function requireWanted(id: string, { signal }: CreateOptions): void {
  if (signal?.aborted || isEnding(id)) throw new SandstackError("ABORTED", `Making sandbox ${id} was aborted.`);
}

/** The files of a snapshot, as this sandbox's own payload has them. */
async function layFiles(engine: Engine, spec: SandboxSpec, { uid }: Surroundings): Promise<void> {
  const { volume, uid: before } = spec.docker?.snapshot as { volume: string; uid: number };
  await requireSnapshotVolume(engine, volume, "the snapshot");
  const volumes = Object.fromEntries(WRITABLE.map((name) => [name, volumeName(spec.id, name)])) as Record<
    Writable,
    string
  >;
  await mirror(engine, {
    from: { volume },
    to: { volumes },
    owner: { before, after: uid },
    of: spec,
  });
}

/** It listens a moment after it has started. @throws SandstackError START_FAILED with what it said */
export async function firstConnection(engine: Engine, container: string): Promise<Transport> {
  const until = Date.now() + START_MS;
  for (let pause = 2; ; pause = Math.min(pause * 1.5, 50)) {
    try {
      return await reachGuest(engine, container);
    } catch (error) {
      await requireRunning(engine, container);
      if (Date.now() > until) throw error;
    }
    await sleep(pause);
  }
}

async function requireRunning(engine: Engine, name: string): Promise<void> {
  const container = engine.api.getContainer(name);
  const { State } = await container.inspect();
  if (State.Running) return;
  const said = wordsOf(await container.logs({ stdout: true, stderr: true }));
  const why = said || State.Error || `exit code ${State.ExitCode}`;
  throw new SandstackError("START_FAILED", `The guest ended before it was ready: ${why}.`);
}

function close(socket: Transport): undefined {
  socket.destroy();
  return undefined;
}
