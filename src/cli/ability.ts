import type { Missing } from "../model/tier";
import type { styleFor } from "./style";

/** Something that this machine can do, or what it lacks for it. */
export interface Ability {
  name: string;
  ready: boolean;
  missing: readonly Missing[];
}

const HEADS = { tiers: "Sandboxes", images: "Images" };

/** What `doctor` shows to people; `open` is what a sandbox would hold elsewhere, and does not here. */
export function formatReport(
  abilities: Record<keyof typeof HEADS, readonly Ability[]>,
  style: ReturnType<typeof styleFor>,
  open: readonly Missing[] = [],
): string {
  const width = Math.max(...Object.values(abilities).flatMap((list) => list.map(({ name }) => name.length)));
  const openLines = ({ what, why, how }: Missing) => [`  ${what}: ${why}`, `    ${style("bold", how)}`];
  const lines = ({ name, ready, missing }: Ability) => [
    `  ${name.padEnd(width)}  ${ready ? style("green", "ready") : style("red", "not ready")}`,
    ...missing.flatMap(({ what, why, how }) => [`    needs ${what}: ${why}`, `      ${style("bold", how)}`]),
  ];
  return (Object.keys(HEADS) as (keyof typeof HEADS)[])
    .flatMap((kind) => [HEADS[kind], ...abilities[kind].flatMap(lines)])
    .concat(open.length > 0 ? ["Open on this machine", ...open.flatMap(openLines)] : [])
    .map((line) => `${line}\n`)
    .join("");
}
