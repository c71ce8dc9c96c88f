import { formatDuration } from "../model/ttl";

const HOUR_MS = 3_600_000;

/** How far a moment is from now, for people: `in 4m10s`, `2h5m ago`. */
export function formatSpan(at: number, now: number): string {
  const span = Math.abs(at - now);
  const unit = span < HOUR_MS ? 1_000 : 60_000;
  const text = formatDuration(Math.floor(span / unit) * unit);
  return at >= now ? `in ${text}` : `${text} ago`;
}
