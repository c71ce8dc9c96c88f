import { mkdtempSync, rmSync } from "node:fs";
import { Sandbox } from "../runtime";
import { buildImage, defaultImage } from "../src/images";
import { statePath } from "../src/model/state-dir";
import type { TierName } from "../src/model/tier";
import { type Contender, interleave } from "./measure";
import { bubblewrap, defaultNspawn, isInstalled, mountTree, program } from "./peers";
import { compare, type Row } from "./row";

const ROUNDS = 40;
const GOALS = { nspawn: 0.35, chroot: 2.5 };

/** From nothing to the first byte of a command's output, against others who make a sandbox, and against a plain spawn. */
export async function benchCreate(): Promise<Row[]> {
  const { layers } = await buildImage(defaultImage());
  const folder = mkdtempSync(statePath("bench-"));
  const peers = mountTree(layers, folder);
  try {
    const contenders = [
      ours("nspawn"),
      defaultNspawn("systemd-nspawn, default", peers.tree, ["echo", "x"]),
      ours("chroot"),
      program('spawn("echo")', "echo", ["x"]),
      ...(isInstalled("bwrap") ? [bubblewrap("bwrap", peers.tree, ["echo", "x"])] : []),
    ];
    return compare(await interleave(contenders, ROUNDS), {
      [nameOf("nspawn")]: { peer: "systemd-nspawn, default", goal: GOALS.nspawn },
      [nameOf("chroot")]: { peer: 'spawn("echo")', goal: GOALS.chroot },
      bwrap: { peer: 'spawn("echo")' },
    });
  } finally {
    peers.unmount();
    rmSync(folder, { recursive: true });
  }
}

const nameOf = (tier: TierName) => `${tier}: create to first byte`;

function ours(tier: TierName): Contender {
  return {
    name: nameOf(tier),
    async sample() {
      const began = performance.now();
      let took = Number.NaN;
      const sandbox = await Sandbox.create({ tier });
      await sandbox.commands.run(["echo", "x"], { onStdout: () => void (took = performance.now() - began) });
      await sandbox.kill();
      return took;
    },
  };
}
