import { expect, it } from "vitest";
import { FEW, FEW_PACKAGES, MORE } from "./everyday";
import { everydayPrograms, rowsBelow, TABLES } from "./everyday-suite";

// Programs that need little room. With Java, Node, git, PostgreSQL and pytest: test/soak/everyday.test.ts. Not proven: that a program
// which is not here gives the same.

everydayPrograms(FEW, FEW_PACKAGES, 240_000);

it.each(Object.values(TABLES))("$page lists nothing that is not tried", ({ page, heading }) => {
  const listed = [...rowsBelow(page, heading).keys()];
  expect(listed.length).toBeGreaterThan(0);
  expect([...FEW, ...MORE].map(({ name }) => name)).toEqual(expect.arrayContaining(listed));
});
