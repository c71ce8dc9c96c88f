import { beforeEach, describe, expect, it } from "vitest";
import { runControl } from "./control";
import { openPlace, PLACES } from "./place";
import { expectAlive, GUEST_ATTACKS, guestHolds, opened, withFacts } from "./suites";
import { readVerdict } from "./verdict";

/** The guest's uid inside the user namespace of an nspawn sandbox; root in there may take any uid of the range. */
const GUEST_UID = "65000";

const facts = withFacts();

describe.each(PLACES)("the guest, $tier, payload is $user", (where) => {
  const place = opened(() => openPlace(where));

  guestHolds(facts, place);

  // Only a root inside can become the guest's uid, which is then tried too.
  if (where.user !== "root") return;
  describe("from root that became the guest's own uid", () => {
    beforeEach(async () => {
      for (const { program } of GUEST_ATTACKS) await place().put(program);
      await place().put("signals");
    });

    it.each(GUEST_ATTACKS)("holds against $attack", async ({ program }) => {
      const args = ["1000", `/probes/${program}`, String(facts().sentinelPid)];
      const control = await runControl("become", args, { control: "plain chroot", alongside: [program] });
      expect(readVerdict(control)).toMatchObject({ succeeded: true });
      const run = await place().run("become", [GUEST_UID, place().path(program), "parent"]);
      expect(readVerdict(run)).toMatchObject({ succeeded: false });
      await expectAlive(place());
    });

    it("is there after every signal", async () => {
      await place().run("become", [GUEST_UID, place().path("signals"), "parent"]);
      await expectAlive(place());
    });
  });
});
