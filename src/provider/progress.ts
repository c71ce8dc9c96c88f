import type { BuildProgress } from "../model/image";

const WIDTH = 20;

/** How far a build is, in a line: `installing packages [██████████░░░░░░░░░░] 52 % libpython3.11`. */
export function formatProgress({ step, fraction, detail }: BuildProgress): string {
  const parts = [step];
  if (fraction !== undefined) {
    const done = Math.min(Math.max(fraction, 0), 1);
    const filled = Math.round(done * WIDTH);
    parts.push(`[${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}]`, `${Math.floor(done * 100)} %`);
  }
  if (detail !== undefined && detail !== "") parts.push(detail);
  return parts.join(" ");
}
