import { Sandbox } from "../runtime";
import { LOCAL_TIERS, type TierName } from "../src/model/tier";
import { summarize, timed } from "./measure";
import { type Row, spread } from "./row";

const ROUNDS = 5;
/** The largest median at most so many times the smallest. */
const GOAL = 3;

const CONTENTS = {
  "10 files": "for i in $(seq 10); do echo $i > work/$i; done",
  "10,000 files": "cd work && seq 10000 | split --lines 1 --suffix-length 4",
  "1 GiB": "head --bytes 1G /dev/zero > work/large",
};

/** A snapshot of what a sandbox has written, and the way back after all of it was removed; for three sizes in turns. */
export async function benchSnapshot(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const tier of LOCAL_TIERS) {
    const samples = Object.keys(CONTENTS).map((size) => ({ size, snapshot: [] as number[], rollback: [] as number[] }));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { size, snapshot, rollback } of samples) {
        const took = await thereAndBack(tier, CONTENTS[size as keyof typeof CONTENTS]);
        snapshot.push(took.snapshot);
        rollback.push(took.rollback);
      }
    }
    for (const kind of ["snapshot", "rollback"] as const) {
      const timings = samples.map((sample) => summarize(sample[kind]));
      samples.forEach(({ size }, i) => rows.push({ what: `${tier}: ${kind}, ${size}`, timing: timings[i]! }));
      rows.push(spread(`${tier}: ${kind}, whatever the size`, timings, GOAL));
    }
  }
  return rows;
}

async function thereAndBack(tier: TierName, fill: string): Promise<{ snapshot: number; rollback: number }> {
  const sandbox = await Sandbox.create({ tier });
  try {
    await sandbox.commands.run(`mkdir work; ${fill}`);
    let id = "";
    const snapshot = await timed(async () => ({ id } = await sandbox.createSnapshot()));
    await sandbox.commands.run("rm -rf work");
    const rollback = await timed(() => sandbox.rollback(id));
    const { stdout } = await sandbox.commands.run("ls work | wc -l");
    if (Number(stdout) === 0) throw new Error(`${tier}: the rollback brought nothing back`);
    return { snapshot, rollback };
  } finally {
    await sandbox.kill();
  }
}
