import type { Container, ContainerInspectInfo } from "dockerode";
import { isDeepStrictEqual } from "node:util";
import { SandstackError } from "../../../model/error";
import type { Engine } from "../../../tiers/docker/engine";
import { ifKnown, statusOf } from "../../../tiers/docker/engine-error";
import type { Made, Old } from "../../kind";
import { Unanswered } from "../../service";
import type { Values } from "../../values";
import { explain, nameTaken } from "../failure";
import { findImage } from "../find-image";
import { isCutOff } from "../is-cut-off";
import type { DockerKind, Order } from "../kind";
import { givenAs, withoutMarks } from "../marks";
import { untilGone } from "../until-gone";
import { declaration } from "./declaration";
import type { ContainerInputs } from "./inputs";
import { createOptions, updateOptions } from "./options";
import { containerOutputs } from "./outputs";

/** Inputs, or what was found of them, that an engine changes while a container runs. */
const LIMITS = [
  ...["cpuPeriod", "cpuQuota", "cpuSet", "cpuShares", "maxRetryCount"],
  ...["memory", "memoryReservation", "memorySwap", "restart"],
];

/** docker:index/container:Container */
export const container: DockerKind = {
  ...declaration,

  async create(engine, values, order) {
    const inputs = values as unknown as ContainerInputs;
    await findImage(engine, inputs.image, { signal: order.signal, option: "image" });
    const made = await make(engine, inputs, order);
    if (inputs.start !== false) await start(engine, made, inputs);
    return madeOf(inputs, await made.inspect());
  },

  async read(engine, old) {
    const info = await inspect(engine, old.id);
    return info && madeOf(asInputs(old), info);
  },

  async update(engine, old, news) {
    const inputs = news as unknown as ContainerInputs;
    const found = engine.api.getContainer(old.id);
    const isOther = (name: string, than: Values) => (news[name] || undefined) !== (than[name] || undefined);
    const differs = LIMITS.some((name) => isOther(name, old.inputs) || isOther(name, old.outputs));
    if (differs) await found.update(updateOptions(inputs));
    const { State } = await found.inspect();
    if (inputs.start !== false && inputs.mustRun !== false && !State.Running) await found.start();
    return madeOf(inputs, await found.inspect()).outputs;
  },

  async remove(engine, old, signal) {
    const { destroyGraceSeconds = 0, removeVolumes = true } = asInputs(old);
    const found = engine.api.getContainer(old.id);
    // What can't be stopped, because it is paused or has ended, is killed.
    if (destroyGraceSeconds > 0) await found.stop({ t: destroyGraceSeconds }).catch(ignoreRefusal);
    await removeAtOnce(engine, found, removeVolumes, signal);
  },
};

function madeOf(inputs: ContainerInputs, info: ContainerInspectInfo): Made {
  return { id: info.Id, outputs: containerOutputs(inputs, info) };
}

/** Of one that was imported, or made by something older, the inputs may be few. */
function asInputs({ inputs, outputs }: Old): ContainerInputs {
  return { ...outputs, ...inputs } as unknown as ContainerInputs;
}

function inspect({ api }: Engine, id: string): Promise<ContainerInspectInfo | undefined> {
  return ifKnown(() => api.getContainer(id).inspect());
}

async function make(engine: Engine, inputs: ContainerInputs, order: Order): Promise<Container> {
  try {
    return await engine.api.createContainer(createOptions(inputs));
  } catch (error) {
    const other = statusOf(error) === 409 ? await inspect(engine, inputs.name) : undefined;
    if (other === undefined) throw error;
    return await takeOver(engine, inputs, other, order);
  }
}

/** What has the name may be what an earlier run, which was cut off, has made for this very resource. */
async function takeOver(
  engine: Engine,
  inputs: ContainerInputs,
  found: ContainerInspectInfo,
  { interrupted, signal }: Order,
): Promise<Container> {
  const before = interrupted && givenAs<ContainerInputs>(interrupted);
  if (!isCutOff(interrupted, inputs.name, found.Config.Labels)) throw nameTaken(inputs.name, engine.host);
  const made = engine.api.getContainer(found.Id);
  if (isDeepStrictEqual(before, withoutMarks(inputs)) && isDone(inputs, found)) return made;
  await removeAtOnce(engine, made, true, signal);
  return engine.api.createContainer(createOptions(inputs));
}

/**
 * One that runs, or has run. An engine that died while it started a container can have a task of it that it does not
 * know any more, and never starts it then.
 */
function isDone({ start = true, mustRun = true }: ContainerInputs, { State }: ContainerInspectInfo): boolean {
  return State.Running || !start || (State.Status === "exited" && !mustRun);
}

/** One that does not start is of no use to anybody, and stands in no state. */
async function start(engine: Engine, made: Container, inputs: ContainerInputs): Promise<void> {
  const { State } = await made.inspect();
  // Of an earlier run, it was started, and may have ended since.
  if (State.Status !== "created") return;
  try {
    await made.start();
  } catch (error) {
    const failure = explain(error, engine.host, "starting a container", inputs);
    await made.remove({ v: true, force: true }).catch((cause: unknown) => {
      if (statusOf(cause) === 404) return;
      throw new Unanswered("NO_ENGINE", `${failure.message} And it could not be removed.`, { cause });
    });
    throw failure;
  }
}

async function removeAtOnce(engine: Engine, found: Container, v: boolean, signal: AbortSignal): Promise<void> {
  try {
    await found.remove({ v, force: true });
  } catch (error) {
    // Somebody else is at it already.
    if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
  }
  await untilGone(() => inspect(engine, found.id), signal, `container ${found.id}`);
}

function ignoreRefusal(error: unknown): void {
  if (statusOf(error) === undefined) throw SandstackError.from(error, "NO_ENGINE");
}
