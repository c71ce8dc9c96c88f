import { expect, it } from "vitest";
import { formatProgress } from "../../../src/provider/progress";

it.each([
  [{ step: "looking", fraction: undefined }, "looking"],
  [{ step: "looking", fraction: 0, detail: "bookworm" }, "looking [░░░░░░░░░░░░░░░░░░░░] 0 % bookworm"],
  [{ step: "installing", fraction: 0.529, detail: "libc6" }, "installing [███████████░░░░░░░░░] 52 % libc6"],
  [{ step: "storing", fraction: 1.2, detail: "" }, "storing [████████████████████] 100 %"],
])("%j is %s", (progress, line) => {
  expect(formatProgress(progress)).toBe(line);
});
