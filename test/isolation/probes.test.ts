import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runControl } from "./control";
import { type Facts, plantFacts } from "./facts";
import { openPlace, PLACES, type Place } from "./place";
import { type Probe, PROBES } from "./probes";
import { readVerdict, type Verdict } from "./verdict";

// DESIGN's rule: a probe that does not succeed where nothing holds it back proves nothing by failing inside.
// Not proven here: that there is no other way; that a bug of the kernel does not open one of these.

let facts: Facts;
let removeFacts: () => Promise<void>;
beforeAll(async () => {
  [facts, removeFacts] = await plantFacts();
});
afterAll(() => removeFacts());

const controls = new Map<Probe, Promise<Verdict>>();
function controlOf(probe: Probe): Promise<Verdict> {
  const known = controls.get(probe) ?? runControl(probe.program, probe.args(facts), probe).then(readVerdict);
  controls.set(probe, known);
  return known;
}

async function expectControlSucceeds(probe: Probe): Promise<void> {
  const control = await controlOf(probe);
  expect(control, `inconclusive: the attack does not work on this machine in a ${probe.control}`).toMatchObject({
    succeeded: true,
  });
  if (probe.showsCanary) expect(control.proof).toContain(facts.canaryText);
}

describe.each(PLACES)("$tier as $user", (where) => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace(where);
  });
  afterAll(() => place.close());

  it.each(PROBES)("$name", async (probe) => {
    await expectControlSucceeds(probe);
    expect(readVerdict(await place.run(probe.program, probe.args(facts)))).toMatchObject({ succeeded: false });
  });
});
