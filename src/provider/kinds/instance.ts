import { parseConnection } from "../../model/connection";
import { isDeepStrictEqual } from "node:util";
import { parseLimits } from "../../model/sandbox-options";
import { changesOf, type Change, type Effects } from "../changes";
import type { Difference, Kind, Old } from "../kind";
import { RUNNING, stateOf } from "../state";
import type { Values } from "../values";
import { checkInstance } from "./instance-check";
import type { InstanceInputs } from "./instance-make";

/**
 * Of an instance of any tier. Creation time and deadline are not here: they are its lease's, whose provider moves the
 * deadline.
 */
export const INSTANCE_EFFECTS: Effects = {
  owner: "replace",
  lease: "replace",
  snapshot: "replace",
  task: "replace",
  limits: "update",
  env: "update",
  secrets: "update",
  afterEnd: "update",
};

const EFFECTS: Effects = {
  ...INSTANCE_EFFECTS,
  tier: "replace",
  group: "replace",
  image: "replace",
  network: "replace",
  user: "replace",
  "limits.disk": "replace",
};

/** `sandstack:local:Instance`: a sandbox of this machine. */
export const instance: Kind = {
  outputs: ["connection", "state"],
  secretInputs: ["secrets"],
  check: checkInstance,
  diff: (old, news) => diffInstance(old, news, EFFECTS),

  async create({ signal, urn }, inputs) {
    const { makeInstance } = await import("./instance-make.js");
    return makeInstance(inputs as unknown as InstanceInputs, urn, signal);
  },

  read: readInstance,
  update: (_, old, news) => updateInstance(old, news),

  async remove({ id }) {
    const { forgetSandbox } = await import("../../tiers/index.js");
    await forgetSandbox(id);
  },
};

export async function readInstance({ id, outputs }: Old): Promise<Values> {
  const { settledRecord } = await import("../../tiers/index.js");
  return { ...outputs, state: stateOf(await settledRecord(id), Date.now()) };
}

/** Changes a sandbox that lives; of one that has ended nothing. */
export async function updateInstance({ id, inputs, outputs }: Old, news: Values): Promise<Values> {
  const { changeLimits, findSandbox } = await import("../../tiers/index.js");
  const state = stateOf(findSandbox(id), Date.now());
  if (state !== RUNNING) return { ...outputs, state };
  const [{ withGuest }, { setEnvironment }] = await Promise.all([import("../guest.js"), import("./instance-make.js")]);
  const differs = (name: string) => !isDeepStrictEqual(inputs[name], news[name]);
  await withGuest(parseConnection(outputs["connection"] as string), async (guest) => {
    if (differs("limits")) await changeLimits(guest, id, parseLimits(news["limits"] ?? {}));
    if (differs("env") || differs("secrets")) await setEnvironment(guest, news);
  });
  return { ...outputs, state };
}

/** @param effects of a change of each input */
export function diffInstance({ inputs, outputs }: Old, news: Values, effects: Effects): Difference {
  const changes = changesOf(inputs, news, effects);
  const state = outputs["state"];
  if (state === RUNNING) return { changes };
  const replaces = changes.filter(({ effect }) => effect === "replace");
  if (news["afterEnd"] !== "recreate") {
    return { changes: replaces, reason: `${String(state)}; left as it is (afterEnd: "leave")` };
  }
  // A lease that was still good when it was looked at, a moment before its instance ended, can't stand for another.
  if (replaces.length === 0) return { changes: [], reason: `${String(state)}; the next \`up\` makes it anew` };
  return { changes: [...changes, ended], reason: `${String(state)}; made anew (afterEnd: "recreate")` };
}

const ended: Change = { path: "state", kind: "update", effect: "replace", input: false };
