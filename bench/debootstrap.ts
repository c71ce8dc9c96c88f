import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blobPath } from "../src/images/store/blob";
import { parseStatus } from "../src/images/debian/installed";
import { debFileName, type DebianPins } from "../src/images/debian/pins";
import { type Contender, timed } from "./measure";
import { program } from "./peers";

/** debootstrap to the same packages, from an archive on this disk that has them all: nothing is fetched. */
export function debootstrap(name: string, suite: string, pins: DebianPins, folder: string): Contender {
  const archive = join(folder, "archive");
  makeArchive(archive, suite, pins);
  const names = pins.packages.map((deb) => deb.name);
  const options = ["--variant=minbase", "--no-check-gpg", `--include=${names.join(",")}`];
  let count = 0;
  return {
    name,
    async sample() {
      // What is there stays till the end: see `full` of image.ts.
      const tree = join(folder, `tree-${count++}`);
      const run = program(name, "debootstrap", [...options, suite, tree, `file://${archive}`]);
      const took = await timed(() => run.sample());
      const installed = parseStatus(readFileSync(join(tree, "var/lib/dpkg/status"), "utf8"));
      const lacks = names.filter((one) => !installed.has(one));
      if (lacks.length > 0) throw new Error(`debootstrap left out ${lacks.join(", ")}`);
      return took;
    },
  };
}

function makeArchive(archive: string, suite: string, { packages, architecture }: DebianPins): void {
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
}
