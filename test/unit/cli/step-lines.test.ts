import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StepLines } from "../../../src/cli/step-lines";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function told() {
  const said: string[] = [];
  return { said, lines: new StepLines((text) => said.push(text)) };
}

test("says nothing of what is over within two seconds", () => {
  const { said, lines } = told();
  lines.report({ step: "looking" });
  vi.advanceTimersByTime(1_999);
  lines.end();
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([]);
});

test("says each step of what takes longer once, also of one that says nothing more", () => {
  const { said, lines } = told();
  lines.report({ step: "looking" });
  lines.report({ step: "python", detail: "looking for\nwheels" });
  vi.advanceTimersByTime(2_000);
  expect(said).toEqual(["python: looking for\\nwheels"]);
  for (const fraction of [0.1, 0.2]) lines.report({ step: "installing", fraction, detail: "git" });
  lines.report({ step: "python", detail: "again" });
  expect(said.slice(1)).toEqual(["installing"]);
});
