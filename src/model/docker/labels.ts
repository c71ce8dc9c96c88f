import type { SandboxSpec } from "../tier";

/** What an object of an engine is to a sandbox. */
export type Kind = "sandbox" | "home" | "tmp" | "vartmp" | "terminals" | "snapshot" | "helper";

const KIND = "sandstack.kind";

/** The filter that finds all that is ours in an engine. */
export const OURS = { label: [KIND] };

/** What its labels say of an object. */
export interface Marked {
  kind: string;
  owner: string;
  /** The sandbox that it belongs to. */
  id: string;
  createdAt: number;
  /** ms since 1970; undefined where it has none (a kept snapshot). */
  deadline?: number;
  /** The place of its record. An object that a stack declares itself does not say: it may be another one's tomorrow. */
  ledger?: string;
  machine?: string;
}

/** The facts of an object: whose it is, since when and until when, and where that is written down. */
export type Ownership = Pick<SandboxSpec, "owner" | "id" | "createdAt" | "stack"> &
  Pick<Marked, "deadline" | "ledger" | "machine">;

/** The labels of all that belongs to a sandbox. */
export function labelsFor(kind: Kind, spec: Ownership): Record<string, string> {
  const labels: Record<string, string> = {
    [KIND]: kind,
    "sandstack.owner": spec.owner,
    "sandstack.id": spec.id,
    "sandstack.created": String(spec.createdAt),
  };
  if (spec.deadline !== undefined) labels["sandstack.deadline"] = String(spec.deadline);
  if (spec.stack !== undefined) labels["sandstack.stack"] = spec.stack;
  if (spec.ledger !== undefined) labels["sandstack.ledger"] = spec.ledger;
  if (spec.machine !== undefined) labels["sandstack.machine"] = spec.machine;
  return labels;
}

/** The labels of what serves all sandboxes of an engine: it has no owner and no end. */
export function sharedLabels(kind: "guest" | "reaper"): Record<string, string> {
  return { [KIND]: kind };
}

/** The labels of a network, which is for all sandboxes of a host. */
export function networkLabels({ owner, stack }: { owner: string; stack: string }): Record<string, string> {
  return { [KIND]: "network", "sandstack.owner": owner, "sandstack.stack": stack };
}

/** The owner of a network; `undefined` for one that is not ours. */
export function networkOwner(labels: Readonly<Record<string, string>> | undefined | null): string | undefined {
  return labels?.[KIND] === "network" ? labels["sandstack.owner"] : undefined;
}

/** `undefined` for what is not ours, or serves all sandboxes. */
export function readLabels(labels: Record<string, string> | undefined | null): Marked | undefined {
  const kind = labels?.[KIND];
  const owner = labels?.["sandstack.owner"];
  const id = labels?.["sandstack.id"];
  if (kind === undefined || owner === undefined || id === undefined) return undefined;
  const number = (name: string) => {
    const value = Number.parseInt(labels?.[name] ?? "", 10);
    return Number.isNaN(value) ? undefined : value;
  };
  return {
    ...{ kind, owner, id, createdAt: number("sandstack.created") ?? 0, deadline: number("sandstack.deadline") },
    ...{ ledger: labels?.["sandstack.ledger"], machine: labels?.["sandstack.machine"] },
  };
}
