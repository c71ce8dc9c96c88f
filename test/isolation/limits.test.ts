import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runControl } from "./control";
import { openPlace, PLACES, type Place } from "./place";
import { readVerdict } from "./verdict";

// The caps hold for whoever the payload is. Not proven: fairness below the cap.

const TAKERS = [
  { what: "300 processes", program: "fork-many", args: ["300"] },
  { what: "192 MiB of memory", program: "take-memory", args: ["192"] },
  { what: "96 MiB of disk", program: "take-disk", args: ["96"] },
];

describe.each(PLACES)(
  "$tier as $user, with 100 processes, 64 MiB of memory and 48 MiB of disk, cannot take",
  (where) => {
    let place: Place;
    beforeAll(async () => {
      place = await openPlace(where, { limits: { processes: 100, memory: "64MiB", disk: "48MiB" } });
    });
    afterAll(() => place.close());

    it.each(TAKERS)("$what", async ({ program, args }) => {
      expect(readVerdict(await runControl(program, args, { control: "plain chroot" }))).toMatchObject({
        succeeded: true,
      });
      expect(readVerdict(await place.run(program, args))).toMatchObject({ succeeded: false });
    });
  },
);
