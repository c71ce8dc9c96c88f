import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SandstackError } from "../../model/error";
import type { BuildContext } from "../context";
import { blobPath } from "../store/blob";
import { TarReader } from "../tree/tar-reader";
import { eachDeb } from "./deb-shares";
import { debFileName, type PinnedDeb } from "./pins";

/** What a package's file says of it. */
export interface Control {
  deb: PinnedDeb;
  /** Its fields, as text. */
  fields: string;
  /** The tar archive with fields and scripts, not compressed. */
  archive: string;
  /** Bytes that it takes once it is installed. */
  installed: number;
}

/** @throws SandstackError CORRUPT where a package is not the one that it is pinned as */
export async function readControls(debs: readonly PinnedDeb[], context: BuildContext): Promise<Control[]> {
  const folder = join(context.work.path, "controls");
  mkdirSync(folder);
  const archiveOf = ({ sha256 }: PinnedDeb) => join(folder, sha256);
  const tasks = debs.map((deb) => ({ deb: blobPath("debs", deb.sha256), to: archiveOf(deb), size: 1 }));
  await eachDeb("ctrl", tasks, context);
  return debs.map((deb) => {
    const archive = archiveOf(deb);
    const fields = controlOf(readFileSync(archive));
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(fields)?.[1];
    const { name, version, architecture, sha256, size } = deb;
    if (field("Package") !== name || field("Version") !== version || field("Architecture") !== architecture) {
      throw new SandstackError("CORRUPT", `from.debian: the package of hash ${sha256} is not ${debFileName(deb)}.`);
    }
    return { deb, fields, archive, installed: Math.max(size, Number(field("Installed-Size") ?? 0) * 1024) };
  });
}

/** The text of the file `control` in a tar archive. */
function controlOf(archive: Buffer): string {
  const pieces: Buffer[] = [];
  let found = false;
  const reader = new TarReader({
    entry: ({ path }) => void (found = /^(\.\/)?control$/.test(path)),
    data: (piece) => void (found && pieces.push(piece)),
    done: () => {},
  });
  reader.write(archive);
  return Buffer.concat(pieces).toString().trim();
}
