import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { benchCreate } from "./create";
import { benchDocker } from "./docker";
import { benchExec } from "./exec";
import { benchImage } from "./image";
import { describeMachine, formatTable } from "./report";
import type { Row } from "./row";
import { benchSnapshot } from "./snapshot";
import { benchUpdate } from "./update";

/** `npm run bench`: prints a table of each part, writes bench/results.json, exits 1 when a goal is missed. */
async function main(): Promise<void> {
  const machine = describeMachine();
  console.log(machine);
  const rows: Row[] = [];
  for (const bench of [benchExec, benchCreate, benchImage, benchSnapshot, benchUpdate, benchDocker]) {
    const part = await bench();
    console.log(`\n${formatTable(part)}`);
    rows.push(...part);
  }
  writeFileSync(resolve("bench/results.json"), JSON.stringify({ machine, rows }, null, 2) + "\n");
  const missed = rows.filter((row) => row.met === false);
  if (missed.length > 0) {
    console.error(`${missed.length} goals missed: ${missed.map((row) => row.what).join("; ")}`);
    process.exitCode = 1;
  }
}

void main();
