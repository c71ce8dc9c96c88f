import { expect, it } from "vitest";
import { Fields } from "../../../src/model/fields";
import { Tag } from "../../../src/model/protocol";
import type { Intent } from "../../../src/tiers/ledger/intent";
import { keeperSpec } from "../../../src/tiers/local/keeper-spec";

const whole: Intent = {
  version: 1,
  tier: "nspawn",
  spec: {
    id: "sbx-0123456789ab",
    name: "agent",
    owner: "run:1",
    createdAt: 1,
    deadline: 2,
    ttlMs: 1,
    layers: ["/top", "/bottom"],
    sharedLayers: ["/state/layers/x.0"],
    image: "sha256:a",
    limits: { cpus: 0.5, memory: 3, processes: 4, disk: 5 },
    network: "none",
    user: "root",
    config: { env: { A: "1", B: "2" }, cwd: "/opt/app" },
    plainLayers: true,
    creatorPid: 6,
  },
  claims: {
    socket: "/run/s.sock",
    socketGroup: 7,
    uidBase: 65_536,
    uidSlot: "/state/uids/0",
    nameLink: "/state/names/agent",
    guestRoot: "/state/guest/a",
    cgroups: ["unified:/cg/a", "pids:/cg/b"],
    layerRefs: ["/state/layers/x.0/refs/sbx-0123456789ab"],
    nspawn: "/usr/bin/systemd-nspawn",
    diskTemplate: "/state/templates/ext4-5.img",
  },
  creator: { pid: 6, startTime: "7" },
};

const NUMBERS: readonly string[] = [
  "DEADLINE",
  "STARTED",
  "MEM_LIMIT",
  "PIDS_LIMIT",
  "DISK_LIMIT",
  "CPUS",
  "SOCKET_GID",
  "UID_BASE",
  "CREATOR_PID",
  "FLAGS",
];

/** Every field of a spec by its name. */
function read(spec: Buffer): Record<string, unknown> {
  const fields = new Fields(spec);
  const found = Object.entries(Tag).flatMap(([name, tag]) => {
    const texts = fields.texts(tag);
    if (texts.length === 0) return [];
    return [[name, NUMBERS.includes(name) ? fields.number(tag) : texts.length > 1 ? texts : texts[0]]];
  });
  return Object.fromEntries(found) as Record<string, unknown>;
}

it("holds everything that the keeper is told", () => {
  process.env["SANDSTACK_STATE_DIR"] = "/state";
  expect(read(keeperSpec(whole, { "/etc/passwd": "root:x:0:0\n" }))).toEqual({
    ID: "sbx-0123456789ab",
    TIER: "nspawn",
    USER: "root",
    ENV: ["A=1", "B=2"],
    CWD: "/opt/app",
    FLAGS: 1,
    OWNER: "run:1",
    STARTED: 1,
    DEADLINE: 2,
    MEM_LIMIT: 3,
    PIDS_LIMIT: 4,
    DISK_LIMIT: 5,
    CPUS: 500,
    NETWORK: "none",
    ENTRY_DIR: "/state/sandboxes/sbx-0123456789ab",
    SOCKET: "/run/s.sock",
    SOCKET_GID: 7,
    UID_BASE: 65_536,
    UID_SLOT: "/state/uids/0",
    GUEST_ROOT: "/state/guest/a",
    LAYER: ["/top", "/bottom"],
    LAYERS_DIR: "/state/layers",
    SNAPSHOTS_DIR: "/state/snapshots",
    CGROUP: ["unified:/cg/a", "pids:/cg/b"],
    FILE: "/etc/passwd\nroot:x:0:0\n",
    NSPAWN: "/usr/bin/systemd-nspawn",
    DISK_TEMPLATE: "/state/templates/ext4-5.img",
    NAME_LINK: "/state/names/agent",
    LAYER_REF: "/state/layers/x.0/refs/sbx-0123456789ab",
    CREATOR_PID: 6,
  });
});

it("leaves out what there is none of", () => {
  const nothing = {
    nameLink: undefined,
    nspawn: undefined,
    diskTemplate: undefined,
    cgroups: [],
    layerRefs: [],
  };
  const bare: Intent = {
    ...whole,
    spec: {
      ...whole.spec,
      ...{ name: undefined, config: undefined, plainLayers: undefined, creatorPid: undefined },
      limits: {},
    },
    claims: { ...whole.claims, ...nothing },
  };
  const named = Object.keys(read(keeperSpec(bare)));
  const optional = ["MEM_LIMIT", "PIDS_LIMIT", "DISK_LIMIT", "CPUS", "CGROUP", "FILE", "NSPAWN", "DISK_TEMPLATE"];
  for (const tag of [...optional, "ENV", "CWD", "FLAGS", "NAME_LINK", "LAYER_REF", "CREATOR_PID"])
    expect(named).not.toContain(tag);
});
