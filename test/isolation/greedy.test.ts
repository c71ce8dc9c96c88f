import { describe } from "vitest";
import { greedTakesFromAll, neighboursGoOn } from "./greedy";
import { openPlace, type Where } from "./place";

// Not proven: that many greedy sandboxes together leave something; docs/security.md says what they share.

const WHERE: readonly Where[] = [
  { tier: "chroot", user: "agent" },
  { tier: "nspawn", user: "agent" },
];

describe("where no wall is", greedTakesFromAll);
describe.each(WHERE)("$tier as $user", (where) => neighboursGoOn(() => openPlace(where), where.user));
