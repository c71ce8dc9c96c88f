import { Commands } from "../../../runtime/commands/commands";
import { formatEnvs, type Envs } from "../../model/envs";
import type { GuestClient } from "../../../runtime/guest/client";
import { argvOf } from "../../model/argv";
import { formatConnection } from "../../model/connection";
import { SandstackError } from "../../model/error";
import { FieldWriter } from "../../model/fields";
import { Tag, Verb } from "../../model/protocol";
import { parseLimits, type LimitOptions } from "../../model/sandbox-options";
import type { Connection, Network, SandboxSpec, TierName } from "../../model/tier";
import { changeLimits, findSandbox, forgetSandbox, lookFor, settled, tierFor } from "../../tiers";
import { withGuest } from "../guest";
import { beginningOf } from "./beginning";
import type { Made } from "../kind";
import { RUNNING, stateOf } from "../state";
import { nameOf, stackOf } from "../urn";
import type { Values } from "../values";

/** An instance's inputs once they are checked and all known. */
export interface InstanceInputs {
  tier: TierName;
  owner: string;
  group?: string;
  /** The sandbox's id. */
  lease: string;
  createdAt: string;
  deadline: string;
  image?: string;
  snapshot?: string;
  task?: string | readonly string[];
  limits?: LimitOptions;
  network?: Network;
  user?: string;
  env?: Envs;
  secrets?: Envs;
}

/**
 * The sandbox of a lease. What an attempt before this one has made is gone on with; what it left half made is removed
 * first. Fails with nothing left.
 */
export async function makeInstance(inputs: InstanceInputs, urn: string, signal: AbortSignal): Promise<Made> {
  const id = inputs.lease;
  const found = await settled(id);
  if (found?.fate === "dead") await forgetSandbox(id);
  const isThere = found !== undefined && found.fate !== "dead";
  try {
    if (!isThere) await tierFor(inputs.tier).create(await specOf(inputs, urn));
    await bringUp(inputs, isThere);
    if (signal.aborted) throw new SandstackError("ABORTED", "The making of the instance was aborted.");
  } catch (error) {
    // What can't be removed now stays in the ledger, for its lease's removal and for gc.
    await forgetSandbox(id).catch(() => undefined);
    throw error;
  }
  const record = findSandbox(id);
  if (record === undefined) throw new SandstackError("START_FAILED", `Sandbox ${id} was removed while it was made.`);
  return { id, outputs: { connection: formatConnection(record.connection), state: stateOf(record, Date.now()) } };
}

async function specOf(inputs: InstanceInputs, urn: string): Promise<SandboxSpec> {
  const { lease, tier, owner, group, network = "none", limits = {} } = inputs;
  const [createdAt, deadline] = [Date.parse(inputs.createdAt), Date.parse(inputs.deadline)];
  if (deadline <= Date.now()) {
    throw new SandstackError("ENDED", `The time of lease ${lease} was over at ${inputs.deadline}.`, {
      hint: "A refresh sees that, and the `up` after it takes a new one.",
    });
  }
  await tierFor(tier).requireMachine();
  const { user = "agent", ...files } = await beginningOf(inputs);
  const [stack, declaredAs, ttlMs] = [stackOf(urn), nameOf(urn), deadline - createdAt];
  return {
    ...{ id: lease, owner, stack, declaredAs, createdAt, deadline, ttlMs, ...files },
    ...{ limits: parseLimits(limits), network, user: inputs.user ?? user, group },
  };
}

/** What a sandbox is brought to once it is there. */
export type BringUpInputs = Pick<InstanceInputs, "lease" | "task" | "limits" | "env" | "secrets">;

/** Brings a sandbox to what is declared. One that has ended meanwhile is left as it is: its task is not run twice. */
export async function bringUp(inputs: BringUpInputs, isFoundAgain: boolean): Promise<void> {
  const record = findSandbox(inputs.lease);
  if (record === undefined || stateOf(record, Date.now()) !== RUNNING) return;
  const { task, limits = {}, env, secrets } = inputs;
  if (!isFoundAgain && task === undefined && env === undefined && secrets === undefined) return;
  try {
    await withGuest(record.connection, async (guest) => {
      if (isFoundAgain) await changeLimits(guest, record.id, parseLimits(limits));
      await setEnvironment(guest, { env, secrets });
      if (task !== undefined) await startTask(guest, argvOf(task, "task"));
    });
  } catch (error) {
    if (!(await hasEnded(record.connection))) throw error;
  }
}

/** Gives every command that starts from now on these variables. They are in the guest's memory and nowhere else. */
export async function setEnvironment(guest: GuestClient, { env, secrets }: Values): Promise<void> {
  const envs = formatEnvs({ ...(env as Envs | undefined), ...(secrets as Envs | undefined) });
  await guest.request(Verb.SET_ENV, new FieldWriter().texts(Tag.ENV, envs));
}

async function startTask(guest: GuestClient, argv: readonly string[]): Promise<void> {
  try {
    await new Commands(guest, {}).startTask(argv);
  } catch (error) {
    // An attempt before this one has started it.
    if (!(error instanceof SandstackError && error.code === "EXISTS")) throw error;
  }
}

/** A short task may end its sandbox before all is said. */
async function hasEnded({ id }: Connection): Promise<boolean> {
  return (await lookFor(id))?.ended?.task === true;
}
