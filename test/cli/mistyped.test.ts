import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leakCheckEachTest } from "../support/leak-check";
import { sandstack, type Ended } from "./cli";
import { COMMANDS, OPTIONS, PATHS, type Row } from "./mistyped-usage";
import { IMAGES, NAMES, THE_REST, UNITS, VALUES } from "./mistyped-values";

// The mistypings that people make most, and the exact answer to each. One process answers all of them, as `sandstack` itself does; that
// this is so shows a start of the real one for each kind. Not proven: what only a sandbox can answer (mistyped-inside.test.ts).

leakCheckEachTest();

const TABLE = { COMMANDS, OPTIONS, VALUES, UNITS, PATHS, IMAGES, NAMES, THE_REST };
const ALL = Object.values(TABLE).flat();

let here: string;
let ends: Ended[];

beforeAll(() => {
  here = mkdtempSync(join(tmpdir(), "mistyped-"));
  const file = join(here, "lines.json");
  writeFileSync(file, JSON.stringify(ALL.map(([args]) => args)));
  const batch = [resolve("test/cli/batch.cjs"), resolve("dist/src/cli/invoke.js"), file];
  const { output, status } = spawnSync(process.execPath, batch, {
    cwd: here,
    env: { ...process.env, DOCKER_HOST: "unix:///nowhere" },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  expect([status, output[1]?.toString(), output[2]?.toString()]).toEqual([0, "", ""]);
  ends = JSON.parse(output[3]?.toString() ?? "") as Ended[];
  rmSync(file);
});
afterAll(() => rmSync(here, { recursive: true }));

const said = ([, , message, hint]: Row) => `sandstack: ${message}\n${hint}\n`.replaceAll("{here}", here);

describe.each(Object.entries(TABLE))("%s", (_, rows) => {
  test.each(rows.map((row) => [row[0].join(" "), row] as const))("%s", (_line, row) => {
    expect(ends[ALL.indexOf(row)]).toEqual({ code: row[1], stdout: "", stderr: said(row) });
  });

  test("and the same from a process of its own", async () => {
    const row = rows[0] as Row;
    const { code, stdout, stderr } = await sandstack(row[0], { cwd: here, env: { DOCKER_HOST: "unix:///nowhere" } });
    expect({ code, stdout, stderr: Buffer.from(stderr, "latin1").toString() }).toEqual({
      code: row[1],
      stdout: "",
      stderr: said(row),
    });
  });
});

test("no answer shows what may be a secret", () => {
  expect(ends.filter(({ stderr }) => stderr.includes("hunter2"))).toEqual([]);
});
