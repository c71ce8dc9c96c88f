import { expect, it } from "vitest";
import { type Facts, fateOf } from "../../../src/tiers/ledger/fate";

const NOW = 1_000_000;
const usual: Facts = {
  ended: false,
  intended: true,
  ending: false,
  keeperAlive: true,
  creatorAlive: true,
  reachable: true,
  abandoned: false,
  ageMs: 60_000,
  deadline: NOW + 1,
};

it.each<[string, Partial<Facts>, string]>([
  ["a keeper that lives", {}, "running"],
  ["a keeper that lives, its creator gone", { creatorAlive: false }, "running"],
  ["nobody, whose maker lives and has given up", { keeperAlive: undefined, abandoned: true }, "dead"],
  ["a keeper that has no socket yet", { reachable: false, creatorAlive: false }, "starting"],
  ["a keeper that never has one", { reachable: false, deadline: NOW - 800 }, "overdue"],
  ["a keeper that is dead", { keeperAlive: false }, "dead"],
  ["an ended record", { ended: true }, "ended"],
  ["an ended record and a keeper that lives still", { ended: true, keeperAlive: true, deadline: 0 }, "ended"],
  ["one that somebody began to end", { ending: true }, "ending"],
  ["one that somebody began to end, its keeper dead", { ending: true, keeperAlive: false }, "dead"],
  ["one that somebody began to end, and that has ended", { ending: true, ended: true }, "ended"],
  ["799 ms past the deadline", { deadline: NOW - 799 }, "running"],
  ["800 ms past the deadline", { deadline: NOW - 800 }, "overdue"],
  ["past the deadline, its keeper dead", { keeperAlive: false, deadline: 0 }, "dead"],
  ["no keeper yet, creator at work", { keeperAlive: undefined }, "starting"],
  ["no keeper yet, creator just gone", { keeperAlive: undefined, creatorAlive: false, ageMs: 2_999 }, "starting"],
  ["no keeper, creator long gone", { keeperAlive: undefined, creatorAlive: false, ageMs: 3_000 }, "dead"],
  ["no keeper past the deadline", { keeperAlive: undefined, deadline: NOW - 800 }, "overdue"],
  ["just begun, no intent", { intended: false, keeperAlive: undefined, ageMs: 10, deadline: 0 }, "starting"],
  ["begun long ago, no intent", { intended: false, keeperAlive: undefined, ageMs: 3_000, deadline: 0 }, "dead"],
])("%s: %s is %s", (_, change, fate) => {
  expect(fateOf({ ...usual, ...change }, NOW)).toBe(fate);
});
