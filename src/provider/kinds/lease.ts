import { parseAfterEnd } from "../../model/after-end";
import { FieldWriter } from "../../model/fields";
import { newSandboxId } from "../../model/id";
import { Tag, Verb } from "../../model/protocol";
import { formatDuration, parseDuration } from "../../model/ttl";
import { changesOf, type Change } from "../changes";
import type { Difference, Kind, Old } from "../kind";
import { RUNNING, stateOf } from "../state";
import { UNKNOWN, type Values } from "../values";

/** Of a lease that no sandbox was ever made for. */
const UNUSED = "unused";

/**
 * `sandstack:index:Lease`: id, creation time and deadline of an instance, before that is made. Its id is the sandbox's,
 * so that the ledger knows what was made for it, whoever was killed meanwhile.
 */
export const lease: Kind = {
  outputs: ["createdAt", "deadline", "state"],

  async check(checker) {
    await checker.require("ttl", 'a duration such as "15m"', (ttl) => formatDuration(parseDuration("ttl", ttl)));
    await checker.parse("afterEnd", parseAfterEnd);
  },

  diff: diffLease,

  create(_, { ttl }) {
    const createdAt = Date.now();
    const outputs = { createdAt: iso(createdAt), deadline: iso(createdAt + durationOf(ttl)), state: RUNNING };
    return Promise.resolve({ id: newSandboxId(), outputs });
  },

  async read({ id, outputs }) {
    const { forgetHalfMade, settledRecord } = await import("../../tiers/index.js");
    await forgetHalfMade(id);
    const record = await settledRecord(id);
    if (record === undefined) return { ...outputs, state: UNUSED };
    return { ...outputs, deadline: iso(record.deadline), state: stateOf(record, Date.now()) };
  },

  foresee: foreseen,

  async update(_, old, news) {
    const { id, inputs, outputs } = old;
    if (news["ttl"] === inputs["ttl"]) return outputs;
    const { deadline } = foreseen(old, news);
    const [{ findSandbox, moveDeadline }, { withGuest }] = await Promise.all([
      import("../../tiers/index.js"),
      import("../guest.js"),
    ]);
    const record = findSandbox(id);
    if (record?.state === "running") {
      const at = Date.parse(deadline as string);
      const fields = new FieldWriter().number(Tag.DEADLINE, at);
      await withGuest(record.connection, (guest) => guest.request(Verb.SET_DEADLINE, fields));
      const { address } = record.connection;
      if (address.kind === "docker") await moveDeadline(address, id, at);
    }
    return { ...outputs, deadline };
  },

  /** Its instance has removed the sandbox, unless it was never told of it. */
  async remove({ id }) {
    const { forgetSandbox } = await import("../../tiers/index.js");
    await forgetSandbox(id);
  },
};

function diffLease({ inputs, outputs }: Old, news: Values, now: number): Difference {
  const changes = changesOf(inputs, news, { ttl: "update", generation: "replace", afterEnd: "update" });
  const { state } = outputs;
  if (state === RUNNING) return { changes: changes.map((change) => replaceIfOver(change, outputs, news, now)) };
  // A lease that nothing was made for is of an `up` that was cut off: its time has run without use.
  if (state === UNUSED || news["afterEnd"] === "recreate") return { changes: [...changes, STATE_CHANGE] };
  return { changes: changes.filter(({ effect }) => effect === "replace") };
}

const STATE_CHANGE: Change = { path: "state", kind: "update", effect: "replace", input: false };

/** A ttl that is over already for what runs: it would end now, only to be made anew by the next `up`. */
function replaceIfOver(change: Change, outputs: Values, news: Values, now: number): Change {
  const deadline = deadlineFor(outputs, news);
  const isOver = typeof deadline === "string" && Date.parse(deadline) <= now && news["afterEnd"] === "recreate";
  return change.path === "ttl" && isOver ? { ...change, effect: "replace" } : change;
}

/** A deadline that somebody has moved in the sandbox stays, unless the ttl is another one. */
function foreseen({ inputs, outputs }: Old, news: Values): Values {
  return news["ttl"] === inputs["ttl"] ? outputs : { ...outputs, deadline: deadlineFor(outputs, news) };
}

function deadlineFor({ createdAt }: Values, { ttl }: Values): unknown {
  return ttl === UNKNOWN ? UNKNOWN : iso(Date.parse(createdAt as string) + durationOf(ttl));
}

const durationOf = (ttl: unknown) => parseDuration("ttl", ttl);
const iso = (ms: number) => new Date(ms).toISOString();
