import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { linkSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blobPath } from "../src/images/store/blob";
import { parseStatus } from "../src/images/debian/installed";
import { debFileName, type DebianPins } from "../src/images/debian/pins";
import { type Contender, timed } from "./measure";
import { program } from "./peers";

/** Mounts memory over the tree for one program, and keeps of what that makes the list of what it installed. */
const IN_MEMORY = [
  ...["unshare", "--mount", "sh", "-euc"],
  'tree=$0; mount -t tmpfs none "$tree"; "$@"; cp "$tree/var/lib/dpkg/status" "$tree.status"',
];

/** An archive on this disk that has all of the packages: nothing is fetched. */
export interface Archive {
  folder: string;
  suite: string;
  pins: DebianPins;
}

/** debootstrap to the same packages as an image's, on the disk, as is its way, or in memory. */
export function debootstrap(name: string, { folder, suite, pins }: Archive, inMemory = false): Contender {
  const names = pins.packages.map((deb) => deb.name);
  const options = ["--variant=minbase", "--no-check-gpg", `--include=${names.join(",")}`];
  return {
    name,
    async sample() {
      // What is there stays till the end: see `full` of image.ts.
      const tree = mkdtempSync(join(folder, "tree-"));
      const argv = ["debootstrap", ...options, suite, tree, `file://${folder}`];
      const [command = "", ...args] = inMemory ? [...IN_MEMORY, tree, ...argv] : argv;
      const took = await timed(() => program(name, command, args).sample());
      const status = inMemory ? `${tree}.status` : join(tree, "var/lib/dpkg/status");
      const installed = parseStatus(readFileSync(status, "utf8"));
      const lacks = names.filter((one) => !installed.has(one));
      if (lacks.length > 0) throw new Error(`debootstrap left out ${lacks.join(", ")}`);
      return took;
    },
  };
}

export function makeArchive(archive: string, suite: string, pins: DebianPins): Archive {
  const { packages, architecture } = pins;
  const index = join(archive, `dists/${suite}/main/binary-${architecture}`);
  mkdirSync(index, { recursive: true });
  mkdirSync(join(archive, "pool"));
  const stanzas = packages.map((deb) => {
    const file = `pool/${debFileName(deb).replace("%3a", ":")}`;
    linkSync(blobPath("debs", deb.sha256), join(archive, file));
    const control = execFileSync("dpkg-deb", ["--field", join(archive, file)]).toString();
    return `${control}Filename: ${file}\nSize: ${deb.size}\nSHA256: ${deb.sha256}\n\n`;
  });
  // debootstrap takes a stanza when it sees the empty line after it.
  const list = stanzas.join("");
  writeFileSync(join(index, "Packages"), list);
  const hash = createHash("sha256").update(list).digest("hex");
  const path = `main/binary-${architecture}/Packages`;
  const fields = [`Suite: ${suite}`, `Codename: ${suite}`, "Components: main", `Architectures: ${architecture}`];
  writeFileSync(
    join(archive, `dists/${suite}/Release`),
    [...fields, "SHA256:", ` ${hash} ${Buffer.byteLength(list)} ${path}`, ""].join("\n"),
  );
  return { folder: archive, suite, pins };
}
