import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { EngineEvent, Step } from "../../../src/engine";
import { LiveRegion } from "../../../src/cli/display/live";
import { formatCounts } from "../../../src/cli/display/ops";
import { plainDisplay } from "../../../src/cli/display/plain";
import { propertyLines } from "../../../src/cli/display/properties";
import { unplacedLines } from "../../../src/cli/display/row-line";
import { Rows } from "../../../src/cli/display/rows";
import { treeLines } from "../../../src/cli/display/tree";
import { whyOf } from "../../../src/cli/display/why";

// What the display makes of events. Not proven: how a terminal shows it.

const plain = (_: string, text: string) => text;
const how = { dryRun: false, diff: false, style: plain };

function step(name: string, more: Partial<Step> = {}): Step {
  return { op: "create", urn: `urn:${name}`, type: `p:index:T`, name, custom: true, ...more };
}
const done = (one: Step, ms = 100): EngineEvent => ({ event: "step-done", step: one, ms });

function rowsOf(...events: EngineEvent[]): Rows {
  const rows = new Rows();
  for (const event of events) rows.apply(event, 1_000);
  return rows;
}
const treeOf = (rows: Rows, more: Partial<typeof how> = {}, width?: number) =>
  treeLines(rows, { ...how, ...more }, 3_000, width);

describe("the tree", () => {
  const root = step("root", { custom: false });
  const a = step("a", { parent: root.urn });
  const b = step("b", { parent: root.urn });
  const below = step("below", { parent: a.urn });

  test("has resources below their parents, in columns", () => {
    expect(treeOf(rowsOf(done(root, 0), done(a), done(b), { event: "step", step: below }))).toEqual([
      " + p:T        root   created 0.0s",
      " + ├─ p:T     a      created 0.1s",
      " + │  └─ p:T  below  creating 2.0s",
      " + └─ p:T     b      created 0.1s",
    ]);
  });

  test("leaves out what has not changed, but not what holds something that has", () => {
    const same = { op: "same" } as const;
    const rows = rowsOf(done({ ...root, ...same }), done({ ...a, ...same }), done({ ...b, ...same }), done(below));
    expect(treeOf(rows).map((line) => line.trim())).toEqual([
      "p:T        root   unchanged",
      "└─ p:T     a      unchanged",
      "+    └─ p:T  below  created 0.1s",
    ]);
    expect(treeOf(rowsOf(done({ ...root, ...same })))).toEqual([]);
  });

  test("shows both halves of a replacement as one, with its reason, to the end", () => {
    const made = step("a", {
      op: "create-replacement",
      oldInputs: {},
      diff: { state: { kind: "update", replace: true, input: false } },
      oldOutputs: { state: "ended 14:05, ttl 15m" },
      reason: "state changed",
    });
    const gone = step("a", { op: "delete-replaced", oldInputs: {} });
    const rows = rowsOf(done(made, 1_200), { event: "step", step: gone }, done(gone, 5));
    expect(treeOf(rows)).toEqual(["+- p:T  a  replaced 1.2s", "      ended 14:05, ttl 15m"]);
    expect(treeOf(rows, { dryRun: true })[0]).toBe("+- p:T  a  replace");
  });

  test("says what failed, and what a provider has said; no line is wider than the terminal", () => {
    const told: EngineEvent = { event: "diagnostic", severity: "info", message: "x".repeat(100), urn: a.urn };
    const rows = rowsOf(told, { event: "step-failed", step: a, message: "no" });
    const lines = treeOf(rows, {}, 40);
    expect(lines).toEqual([" + p:T  a  creating failed", `      ${"x".repeat(33)}…`]);
    expect(Math.max(...lines.map((line) => line.length))).toBe(40);
  });

  test("shows how far a step is while it runs, the last that was said, and nothing of it afterwards", () => {
    const progress = (message: string): EngineEvent => ({ event: "progress", urn: a.urn, message });
    const running = rowsOf(progress("early"), { event: "step", step: a }, progress("[█░] 50 %"), progress("[██] 99 %"));
    expect(treeOf(running)).toEqual([" + p:T  a  creating 2.0s", "      [██] 99 %"]);
    running.apply(done(a), 2_000);
    expect(treeOf(running)).toEqual([" + p:T  a  created 0.1s"]);
  });

  test("leaves what was said of something that is not in it for below", () => {
    const urn = "urn:pulumi:s::p::a:index:Holder$b:index:Thing::lost";
    const told: EngineEvent = { event: "diagnostic", severity: "warning", message: "may exist", urn };
    expect(unplacedLines(rowsOf(told))).toEqual(["b:Thing lost: warning: may exist\n"]);
    expect(unplacedLines(rowsOf(told, done({ ...a, urn })))).toEqual([]);
  });

  test("a look at the world is no change of it, but in a refresh", () => {
    const found = step("a", { op: "refresh", found: "update" });
    expect(treeOf(rowsOf(done(found)))).toEqual([]);
    const start = { event: "start", operation: "refresh", dryRun: false, project: "p", stack: "s", time: "" } as const;
    expect(treeOf(rowsOf(start, done(found)))).toEqual([" ~ p:T  a  updated"]);
  });
});

describe("a log is told, besides what an operation prints,", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  function told() {
    const lines: string[] = [];
    const display = plainDisplay(
      () => {},
      false,
      (text) => lines.push(text),
    );
    const one = step("a");
    display.event({ event: "step", step: one });
    const report = (message: string) => display.event({ event: "progress", urn: one.urn, message });
    return { lines, report, finish: () => display.event(done(one)) };
  }

  test("nothing of what is over within two seconds", () => {
    const { lines, report, finish } = told();
    report("installing [█░] 10 %");
    vi.advanceTimersByTime(1_999);
    finish();
    vi.advanceTimersByTime(60_000);
    report("late");
    expect(lines).toEqual([]);
  });

  test("each step of what takes longer once, also of one that says nothing more", () => {
    const { lines, report } = told();
    report("looking [░░] 0 %");
    report("python looking for wheels");
    vi.advanceTimersByTime(2_000);
    expect(lines).toEqual(["p:T a: python looking for wheels\n"]);
    for (const line of ["one", "two", "three"]) report(`run[0] ${line}`);
    for (const percent of [50, 60]) report(`installing packages [█░] ${percent} %`);
    expect(lines.slice(1)).toEqual(["p:T a: run[0] one\n", "p:T a: installing packages [█░] 50 %\n"]);
  });

  test("every ten seconds how far the same step is", () => {
    const { lines, report } = told();
    for (let second = 1; second <= 25; second += 1) {
      vi.advanceTimersByTime(1_000);
      report(`installing [█░] ${second} %`);
    }
    expect(lines).toEqual([1, 12, 22].map((second) => `p:T a: installing [█░] ${second} %\n`));
  });
});

test.each([
  [{ create: 3, same: 2 }, false, "Resources: + 3 created, 2 unchanged"],
  [{ create: 3 }, true, "Resources: + 3 to create"],
  [{ "create-replacement": 1, "delete-replaced": 1, update: 2 }, false, "Resources: ~ 2 updated, +- 1 replaced"],
  [{ delete: 4 }, true, "Resources: - 4 to delete"],
  [{}, false, "Resources: none"],
])("counts %j", (changes, dryRun, text) => {
  expect(formatCounts(changes, dryRun, plain)).toBe(text);
});

test.each<[string, Partial<Step>, string[]]>([
  ["what a create is given", { newInputs: { a: 1, b: "[secret]" } }, ["+ a: 1", "+ b: [secret]"]],
  ["what goes", { op: "delete", oldInputs: { a: [1] } }, ["- a: [1]"]],
  [
    "what differs, at its path",
    {
      op: "update",
      oldInputs: { limits: { memory: 1 } },
      newInputs: { limits: { memory: 2, "a.b": 3 } },
      diff: {
        "limits.memory": { kind: "update", replace: false, input: true },
        'limits["a.b"]': { kind: "add", replace: true, input: true },
      },
    },
    ["~ limits.memory: 1 => 2", '+ limits["a.b"]: 3 (replaces)'],
  ],
  [
    "that something below a secret differs",
    {
      op: "update",
      oldInputs: { env: "[secret]" },
      newInputs: { env: "[secret]" },
      diff: { "env.A": { kind: "update", replace: false, input: true } },
    },
    ["~ env.A: [secret] => [secret]"],
  ],
  [
    "what the world has changed",
    {
      op: "create-replacement",
      oldOutputs: { state: "ended" },
      newOutputs: {},
      diff: { state: { kind: "update", replace: true, input: false } },
    },
    ['~ state: "ended" (replaces)'],
  ],
])("--diff shows %s", (_, more, lines) => {
  expect(propertyLines(step("a", more), plain)).toEqual(lines);
});

test("a reason is what the provider has said, else what the world tells, else the engine's", () => {
  const diff = { state: { kind: "update", replace: true, input: false } } as const;
  const one = step("a", {
    op: "replace",
    oldInputs: {},
    oldOutputs: { state: "ended" },
    diff,
    reason: "state changed",
  });
  expect(whyOf(one, "said")).toBe("said");
  expect(whyOf(one)).toBe("ended");
  expect(whyOf({ ...one, diff: {} })).toBe("state changed");
  expect(whyOf({ ...one, op: "same" })).toBeUndefined();
});

test("a live region paints over itself, keeps what is said above it, and never more than the screen", () => {
  let shown = "";
  let lines = ["one", "two"];
  const region = new LiveRegion(
    { columns: 80, rows: 4 },
    (text) => (shown += text),
    () => lines,
  );
  region.say("hello");
  expect(shown).toBe("\x1b[?25l\r\x1b[Jhello\n\r\x1b[Jone\ntwo\n");
  lines = ["1", "2", "3", "4", "5"];
  shown = "";
  region.say("again");
  expect(shown).toBe("\x1b[2A\r\x1b[Jagain\n\r\x1b[J3\n4\n5\n");
  shown = "";
  region.end("end\n");
  expect(shown).toBe("\x1b[3A\r\x1b[Jend\n\x1b[?25h");
});
