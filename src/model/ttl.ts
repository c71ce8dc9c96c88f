import { invalidOption, isTyped } from "./error";

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const RIGHT = 'a duration above zero and at most 30 days such as "90s", "15m", "1h30m", or milliseconds as a number';
const TYPED = "a duration above zero and at most 30 days with its unit such as 90s, 15m or 1h30m (ms, s, m, h, d)";
const MAX_MS = 30 * 86_400_000;

/**
 * A duration in milliseconds.
 * @param option the option's name, for the error
 * @param value `"500ms"`, `"90s"`, `"15m"`, `"1h30m"`, `"2d"`, or a number of milliseconds
 * @throws SandstackError INVALID_OPTION for anything else, zero, negative, or more than 30 days
 */
export function parseDuration(option: string, value: unknown): number {
  const ms = typeof value === "number" ? value : typeof value === "string" ? fromText(value) : Number.NaN;
  if (!Number.isFinite(ms) || ms < 1 || ms > MAX_MS)
    throw invalidOption(option, value, isTyped(option) ? TYPED : RIGHT);
  return Math.round(ms);
}

function fromText(text: string): number {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return Number.NaN;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT_MS[unit as string] as number);
  }
  return total;
}

/** A duration for people: `formatDuration(5_400_000)` is `"1h30m"`. */
export function formatDuration(ms: number): string {
  let text = "";
  let rest = ms;
  for (const unit of ["d", "h", "m", "s", "ms"]) {
    const size = UNIT_MS[unit] as number;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text || "0s";
}
