import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Sandbox } from "../runtime";
import { buildImage, buildLocked, defaultImage } from "../src/images";
import type { DebianPins } from "../src/images/debian/pins";
import type { ImageArgs } from "../src/model/image";
import { statePath } from "../src/model/state-dir";
import { type Archive, debootstrap, makeArchive } from "./debootstrap";
import { type Contender, interleave, timed } from "./measure";
import { isInstalled } from "./peers";
import { compare, type Row, spread } from "./row";

const BUILDS = 3;
const INSTANCES = 20;
const GOALS = { debootstrap: 0.5, oneFile: 0.1, copy: 1.25 };
const FULL = "image of this machine's suite, packages in the store";
const ONE_FILE = "the same after a change of one file";
const PEER = "debootstrap to the same packages, from a local archive";
/** An image is made in memory where there is plenty, which its peer could be, too: for information. */
const PEER_IN_MEMORY = `${PEER}, in memory`;

/** An image from packages that are there already; one file of it changed; and instances of a small and a large one. */
export async function benchImage(): Promise<Row[]> {
  const before = process.env["SANDSTACK_STATE_DIR"];
  // debootstrap must not be on a file system that is mounted without devices.
  const folder = mkdtempSync("/var/lib/sandstack-bench-");
  process.env["SANDSTACK_STATE_DIR"] = join(folder, "state");
  try {
    return [...(await benchBuild(folder)), await benchInstances(folder)];
  } finally {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env["SANDSTACK_STATE_DIR"];
    else process.env["SANDSTACK_STATE_DIR"] = before;
  }
}

async function benchBuild(folder: string): Promise<Row[]> {
  const args = defaultImage();
  const suite = (args.from as { debian: string }).debian;
  const { lock } = await buildLocked(args);
  const pins = lock.layers[0]?.pins as DebianPins;
  const contenders = [
    full(args, folder),
    oneFile(args),
    ...(isInstalled("debootstrap") ? peers(makeArchive(join(folder, "archive"), suite, pins)) : []),
  ];
  return compare(await interleave(contenders, BUILDS), {
    [FULL]: { peer: PEER, goal: GOALS.debootstrap },
    [ONE_FILE]: { peer: FULL, goal: GOALS.oneFile },
    [PEER_IN_MEMORY]: { peer: FULL },
  });
}

function peers(archive: Archive): Contender[] {
  return [debootstrap(PEER, archive), debootstrap(PEER_IN_MEMORY, archive, true)];
}

/**
 * Each time in a new store that has the packages, and which they are. What was removed just before would make ext4 slow:
 * it looks for a minute at each number of a removed file before it gives it to a new one.
 */
function full(args: ImageArgs, folder: string): Contender {
  let count = 0;
  const sample = () => {
    const state = join(folder, `state-${count++}`);
    mkdirSync(join(state, "images"), { recursive: true });
    for (const shelf of ["debs", "pins"]) {
      execFileSync("cp", ["--archive", "--link", statePath("images", shelf), join(state, "images")]);
    }
    process.env["SANDSTACK_STATE_DIR"] = state;
    return timed(() => buildImage(args));
  };
  return { name: FULL, sample };
}

function oneFile(args: ImageArgs): Contender {
  let count = 0;
  return {
    name: ONE_FILE,
    async sample() {
      await buildImage(args);
      return timed(() => buildImage({ ...args, files: { "/opt/agent": { text: `version ${count++}` } } }));
    },
  };
}

/** What an instance takes does not grow with its image: nothing of it is copied. */
async function benchInstances(folder: string): Promise<Row> {
  const large = join(folder, "large");
  mkdirSync(large);
  execFileSync("dd", ["if=/dev/urandom", `of=${join(large, "file")}`, "bs=1M", "count=256", "status=none"]);
  const images = [
    await buildImage(defaultImage()),
    await buildImage({ ...defaultImage(), files: { "/large": large } }),
  ];
  const contenders = images.map(({ digest, sizeBytes }) => ({
    name: `instance of an image of ${Math.round(sizeBytes / 2 ** 20)} MiB`,
    async sample() {
      let sandbox: Sandbox | undefined;
      const took = await timed(async () => (sandbox = await Sandbox.create({ tier: "chroot", image: digest })));
      await sandbox?.kill();
      return took;
    },
  }));
  const timings = await interleave(contenders, INSTANCES);
  return spread(
    `instance: ${contenders.map(({ name }) => name.replace(/.* of /, "")).join(" and ")}`,
    [...timings.values()],
    GOALS.copy,
  );
}
