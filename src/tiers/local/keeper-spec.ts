import { formatEnvs } from "../../model/envs";
import { FieldWriter } from "../../model/fields";
import { KeeperFlag, Tag } from "../../model/protocol";
import { entryPath } from "../ledger/entry";
import type { LocalIntent } from "../ledger/intent";
import { shelfPath } from "../ledger/shelf";

/** Files that the keeper shows inside: path → content. */
export type ShownFiles = Readonly<Record<string, string>>;

/** What keeper and sweep are told (guest/PROTOCOL.md, "The keeper"). */
export function keeperSpec({ tier, spec, claims }: LocalIntent, files: ShownFiles = {}): Buffer {
  const { limits } = spec;
  return new FieldWriter()
    .text(Tag.ID, spec.id)
    .text(Tag.TIER, tier)
    .text(Tag.USER, spec.user)
    .texts(Tag.ENV, formatEnvs(spec.config?.env ?? {}))
    .text(Tag.CWD, spec.config?.cwd)
    .number(Tag.FLAGS, spec.plainLayers ? KeeperFlag.PLAIN_LAYERS : undefined)
    .text(Tag.OWNER, spec.owner)
    .number(Tag.STARTED, spec.createdAt)
    .number(Tag.DEADLINE, spec.deadline)
    .number(Tag.MEM_LIMIT, limits.memory)
    .number(Tag.PIDS_LIMIT, limits.processes)
    .number(Tag.DISK_LIMIT, limits.disk)
    .number(Tag.CPUS, limits.cpus === undefined ? undefined : Math.round(limits.cpus * 1000))
    .text(Tag.NETWORK, spec.network)
    .text(Tag.ENTRY_DIR, entryPath(spec.id))
    .text(Tag.SOCKET, claims.socket)
    .number(Tag.SOCKET_GID, claims.socketGroup)
    .number(Tag.UID_BASE, claims.uidBase)
    .text(Tag.UID_SLOT, claims.uidSlot)
    .text(Tag.GUEST_ROOT, claims.guestRoot)
    .texts(Tag.LAYER, spec.layers)
    .text(Tag.LAYERS_DIR, shelfPath("layers"))
    .text(Tag.SNAPSHOTS_DIR, shelfPath("snapshots"))
    .texts(Tag.CGROUP, claims.cgroups)
    .texts(
      Tag.FILE,
      Object.entries(files).map(([inside, content]) => `${inside}\n${content}`),
    )
    .text(Tag.NSPAWN, claims.nspawn)
    .text(Tag.DISK_TEMPLATE, claims.diskTemplate)
    .text(Tag.NAME_LINK, claims.nameLink)
    .texts(Tag.LAYER_REF, claims.layerRefs)
    .number(Tag.CREATOR_PID, spec.creatorPid)
    .finish();
}
