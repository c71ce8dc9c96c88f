const SECOND = 1e9;

/** Nanoseconds as Go writes them: `1m30s`, `1.5s`, `250ms`, `0s`. */
export function formatGoDuration(ns = 0): string {
  if (ns === 0) return "0s";
  if (ns < 1e3) return `${ns}ns`;
  if (ns < 1e6) return `${ns / 1e3}µs`;
  if (ns < SECOND) return `${ns / 1e6}ms`;
  const seconds = ns / SECOND;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  // Of the seconds the whole ones apart: a fraction would be lost in the remainder.
  const rest = `${Math.floor(seconds) % 60}${fraction(ns)}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

function fraction(ns: number): string {
  const part = ns % SECOND;
  return part === 0 ? "" : `.${String(part).padStart(9, "0").replace(/0+$/, "")}`;
}
