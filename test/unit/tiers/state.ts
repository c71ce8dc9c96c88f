import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { newSandboxId } from "../../../src/model/id";
import { statePath } from "../../../src/model/state-dir";
import { openEntry, writeIntent } from "../../../src/tiers/ledger/entry";
import type { Intent } from "../../../src/tiers/ledger/intent";
import { ensureShelves } from "../../../src/tiers/ledger/shelf";
import { ownIdentity } from "../../../src/tiers/system/process";

/** Gives every test of a file an empty state directory of its own, and run directory. */
export function freshStateEachTest(): void {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sandstack-unit-"));
    process.env["SANDSTACK_STATE_DIR"] = join(folder, "state");
    process.env["SANDSTACK_RUN_DIR"] = join(folder, "run");
    mkdirSync(join(folder, "run"));
    ensureShelves();
  });
  afterEach(() => rmSync(folder, { recursive: true }));
}

/** A whole intent; nothing of what it claims is there. */
export function anIntent(change: { id?: string; name?: string; owner?: string; deadline?: number } = {}): Intent {
  const id = change.id ?? newSandboxId();
  return {
    version: 1,
    tier: "chroot",
    spec: {
      id,
      owner: "owner-1",
      createdAt: 1_000,
      deadline: Date.now() + 60_000,
      ttlMs: 60_000,
      layers: ["/images/a"],
      image: "sha256:a",
      limits: {},
      network: "none",
      user: "agent",
      ...change,
    },
    claims: {
      socket: join(process.env["SANDSTACK_RUN_DIR"] ?? "/run", `${id}.sock`),
      socketGroup: 0,
      uidBase: 1_610_612_736,
      uidSlot: statePath("uids", "0"),
      guestRoot: "/guest",
      cgroups: [],
      layerRefs: [],
    },
    creator: ownIdentity(),
  };
}

/** Writes an entry as a create does, up to and with its intent. */
export function writeEntry(intent: Intent): string {
  openEntry(intent.spec.id);
  writeIntent(intent);
  return intent.spec.id;
}

/** Writes the record that a keeper leaves. */
export function writeEnded(id: string, endedAt = Date.now()): void {
  const ended = { id, endedAt, how: "killed", exitCode: null, signal: null, task: false, outputDropped: 0 };
  writeFileSync(statePath("sandboxes", id, "ended.json"), JSON.stringify(ended));
}

/** Writes the layer of a sandbox, with references. */
export function writeLayer(name: string, users: readonly string[]): string {
  const layer = statePath("layers", name);
  mkdirSync(join(layer, "diff"), { recursive: true });
  mkdirSync(join(layer, "refs"));
  for (const user of users) writeFileSync(join(layer, "refs", user), "");
  return layer;
}
