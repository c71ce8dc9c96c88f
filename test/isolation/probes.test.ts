import { describe } from "vitest";
import { openPlace, PLACES } from "./place";
import { crashesStayInside, opened, probesAreBlocked, withFacts } from "./suites";

// DESIGN's rule: a probe that does not succeed where nothing holds it back proves nothing by failing inside.
// Not proven here: that there is no other way; that a bug of the kernel does not open one of these.

const facts = withFacts();

describe.each(PLACES)("$tier as $user", (where) => {
  const place = opened(() => openPlace(where));
  probesAreBlocked(facts, place);
  crashesStayInside(place);
});
