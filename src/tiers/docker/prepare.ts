import { defaultHost } from "../../model/docker/default-host";
import { GUEST_FOLDER, GUEST_PROGRAM } from "../../model/docker/hardening";
import { labelsFor } from "../../model/docker/labels";
import { holderName } from "../../model/docker/names";
import { SandstackError } from "../../model/error";
import type { SandboxSpec } from "../../model/tier";
import { openEntry, readEnded, readIntent, removeEntry } from "../ledger/entry";
import { isDeclared } from "../ledger/intent";
import { registerLedger } from "../ledger/ledger-index";
import { errnoOf, fromSystem } from "../system/system-error";
import { guestEnvironment, HARDENED } from "./container";
import { checkSpec } from "./create";
import { engineAt, type Engine } from "./engine";
import { fromEngine, statusOf } from "./engine-error";
import { ensureGuestImage } from "./guest-image";
import { fillGuestVolume, makeGuestVolume } from "./guest-volume";
import { homeOf } from "./home";
import { intend } from "./intend";
import { originHere } from "./origin";
import { removeParts } from "./parts";
import { payloadUid } from "./payload-uid";
import { lease } from "./reaper";
import { probeNetwork } from "./probe-network";
import { together } from "./together";
import { requireRuntime } from "./runtime";

/** What a stack has to know to declare a sandbox's container, and only this machine or the engine can tell. */
export interface Prepared {
  /** The volume that has the guest. */
  volume: string;
  /** Of the default user. */
  home: string;
  /** What the guest is told. */
  envs: string[];
  /** Bytes: half of what the engine's machine has. */
  memory: number;
}

/**
 * Does all for a sandbox that comes before its container, which a stack declares: the ledger has it, the reaper knows its
 * deadline, the guest is there, its network leads nowhere. Done again for the same sandbox it goes on.
 * @throws SandstackError; nothing is left then
 */
export async function prepareContainer(spec: SandboxSpec): Promise<Prepared> {
  checkSpec(spec);
  const host = spec.docker?.host ?? defaultHost();
  const engine = await engineAt(host);
  requireRuntime(engine, spec.docker?.runtime);
  registerLedger();
  const isNew = openOnce(spec.id);
  try {
    intend(spec, { host, declared: true });
    const held = holdGuest(engine, spec);
    await together([held, lease(engine, spec.id, spec.deadline)]);
    const volume = await held;
    if (spec.docker?.network !== undefined) await probeNetwork(engine, spec.docker.network, spec);
    const home = homeOf(spec);
    const envs = guestEnvironment(spec, { uid: payloadUid(spec.id, engine.remaps), home });
    return { volume, home, envs, memory: Math.floor(engine.memory / 2) };
  } catch (error) {
    // What can't be removed now stays in the ledger, for gc.
    if (isNew) {
      await removeParts(engine, spec.id).then(
        () => removeEntry(spec.id),
        () => undefined,
      );
    }
    throw fromEngine(error, host, "preparing a sandbox");
  }
}

function openOnce(id: string): boolean {
  try {
    openEntry(id);
    return true;
  } catch (cause) {
    if (errnoOf(cause) !== "EEXIST") throw fromSystem(cause, "making a sandbox");
    const intent = readIntent(id);
    if (intent === undefined || (isDeclared(intent) && readEnded(id) === undefined)) return false;
    throw new SandstackError("EXISTS", `Sandbox ${id} is there already.`, { cause });
  }
}

/**
 * A container that never runs keeps the guest's volume in use, and by its labels tells whoever tidies up the engine that
 * somebody is about to make a sandbox.
 */
async function holdGuest(engine: Engine, spec: SandboxSpec): Promise<string> {
  const [volume, image] = await Promise.all([makeGuestVolume(engine), ensureGuestImage(engine)]);
  const name = holderName(spec.id);
  try {
    await engine.api.createContainer({
      name,
      Image: image,
      Entrypoint: [GUEST_PROGRAM],
      Cmd: [],
      Labels: labelsFor("helper", { ...spec, ...originHere() }),
      HostConfig: {
        ...HARDENED,
        Mounts: [{ Type: "volume", Source: volume, Target: GUEST_FOLDER, ReadOnly: true }],
      },
    });
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
  await fillGuestVolume(engine, volume, name);
  return volume;
}
