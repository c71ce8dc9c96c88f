import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runControl } from "./control";
import { type Facts, plantFacts } from "./facts";
import { openPlace, PLACES, type Place } from "./place";
import { readVerdict } from "./verdict";

// The guest against its own payload: whoever holds the guest holds the sandbox's deadline.

/** The guest's uid inside the user namespace of an nspawn sandbox; root in there may take any uid of the range. */
const GUEST_UID = "65000";
const ATTACKS = [
  { attack: "ptrace", program: "ptrace" },
  { attack: "its memory, descriptors and root in /proc", program: "open-memory" },
  { attack: "prlimit", program: "prlimit" },
];

let facts: Facts;
let removeFacts: () => Promise<void>;
beforeAll(async () => {
  [facts, removeFacts] = await plantFacts();
});
afterAll(() => removeFacts());

describe.each(PLACES)("the guest, $tier, payload is $user", (where) => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace(where);
  });
  afterAll(() => place.close());

  async function expectAlive(): Promise<void> {
    expect((await place.sandbox.commands.run(["echo", "alive"])).stdout).toBe("alive\n");
  }

  it.each(ATTACKS)("holds against $attack", async ({ program }) => {
    // As the sentinel's own uid, since that is what an ordinary parent and its child share.
    const control = await runControl(program, [String(facts.sentinelPid)], { control: "plain chroot", uid: 1000 });
    expect(readVerdict(control)).toMatchObject({ succeeded: true });
    expect(readVerdict(await place.run(program, ["parent"]))).toMatchObject({ succeeded: false });
    await expectAlive();
  });

  it("is there after every signal", async () => {
    const control = await runControl("signal", [String(facts.sentinelPid)], { control: "plain chroot", uid: 1000 });
    expect(readVerdict(control)).toMatchObject({ succeeded: true });
    await place.run("signals", ["parent"]);
    await expectAlive();
  });

  // Only a root inside can become the guest's uid, which is then tried too.
  if (where.user !== "root") return;
  describe("from root that became the guest's own uid", () => {
    beforeEach(async () => {
      for (const { program } of ATTACKS) await place.put(program);
      await place.put("signals");
    });

    it.each(ATTACKS)("holds against $attack", async ({ program }) => {
      const args = ["1000", `/probes/${program}`, String(facts.sentinelPid)];
      const control = await runControl("become", args, { control: "plain chroot", alongside: [program] });
      expect(readVerdict(control)).toMatchObject({ succeeded: true });
      const run = await place.run("become", [GUEST_UID, place.path(program), "parent"]);
      expect(readVerdict(run)).toMatchObject({ succeeded: false });
      await expectAlive();
    });

    it("is there after every signal", async () => {
      await place.run("become", [GUEST_UID, place.path("signals"), "parent"]);
      await expectAlive();
    });
  });
});
