import { afterEach } from "vitest";
import type { AfterEnd } from "../../src/model/after-end";
import { findSandbox } from "../../src/tiers";
import { defaultTestImage } from "../support/default-image";
import { Calls, type State } from "../unit/provider/calls";

const owner = new Calls("sandstack:index:Owner");
const lease = new Calls("sandstack:index:Lease");
const instance = new Calls("sandstack:local:Instance");

/** A lease and an instance, as an engine would have them after an `up`. */
export interface Declared {
  owner: State;
  lease: State;
  instance: State;
}

export interface Declaration {
  ttl?: string;
  afterEnd?: AfterEnd;
  [input: string]: unknown;
}

const made: Declared[] = [];

/** To be called after what looks for leaks. */
export function destroyAfterEach(): void {
  afterEach(async () => {
    for (const one of made.splice(0)) await destroyed(one);
  });
}

/** Makes an instance as an engine would: every resource is checked, then created. It is destroyed after the test. */
export async function declared({ ttl = "1m", afterEnd = "recreate", ...inputs }: Declaration = {}): Promise<Declared> {
  const stack = {
    owner: await owner.create({}),
    lease: await lease.create(await checked(lease, { ttl, afterEnd, generation: "g" })),
  };
  const all = await instanceInputs(stack, { afterEnd, ...inputs });
  const result = { ...stack, instance: await instance.create(all) };
  made.push(result);
  return result;
}

/** The inputs of an instance, checked. */
export async function instanceInputs(
  stack: Pick<Declared, "owner" | "lease">,
  inputs: object,
): Promise<State["inputs"]> {
  const { createdAt, deadline } = stack.lease.outputs;
  const { digest } = await defaultTestImage();
  const fixed = { tier: "nspawn", owner: stack.owner.id, lease: stack.lease.id, createdAt, deadline, image: digest };
  return checked(instance, { ...fixed, afterEnd: "recreate", ...inputs });
}

export async function checked(calls: Calls, given: State["inputs"]): Promise<State["inputs"]> {
  const { inputs, failures } = await calls.check(given);
  if (Object.keys(failures).length > 0) throw new Error(JSON.stringify(failures));
  return inputs;
}

/** In the order in which an engine would. */
export async function destroyed(stack: Declared): Promise<void> {
  await instance.delete(stack.instance);
  await lease.delete(stack.lease);
  await owner.delete(stack.owner);
}

export const idOf = ({ lease: { id } }: Declared): string => id;
export const recordOf = (stack: Declared) => findSandbox(idOf(stack));
export { instance, lease, owner };
