import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { HARD_LIMITS, tooLow } from "../../../src/tiers/local/process-limits";

const source = readFileSync(resolve(__dirname, "../../../guest/src/shared/process-limits.c"), "utf8");
const page = readFileSync(resolve(__dirname, "../../../docs/process-attributes.md"), "utf8");

const WITH = "CapEff:\t000001ffffffffff\n";
const WITHOUT = "CapEff:\t000001fffeffffff\n";

/** The text of /proc/PID/limits, all unlimited but these. */
function limits(hard: Record<string, number> = {}): string {
  const lines = HARD_LIMITS.map(
    ({ name }) => `${name.padEnd(25)} 100                  ${hard[name] ?? "unlimited"} units`,
  );
  return ["Limit                     Soft Limit           Hard Limit           Units", ...lines, ""].join("\n");
}

/** `{RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES, "open files", 'n'},` as its option and hard limit. */
function hardInC(): Record<string, number> {
  const constants: Record<string, string | undefined> = Object.fromEntries(
    [...source.matchAll(/^\s+([A-Z_]+) = (\d+),/gm)].map(([, name, value]): [string, string | undefined] => [
      name as string,
      value,
    ]),
  );
  const valueOf = (text: string): number =>
    text === "UNLIMITED"
      ? Infinity
      : text.split(" * ").reduce((product, factor) => product * Number(constants[factor] ?? factor), 1);
  return Object.fromEntries(
    [...source.matchAll(/\{RLIMIT_\w+, [^,]+, ([^,]+), "[^"]+", '(\w)'\}/g)].map(
      ([, hard, option]): [string, number] => [option as string, valueOf(hard as string)],
    ),
  );
}

describe("the hard limits that a maker needs", () => {
  it("are those that the keeper sets", () => {
    const { e, r, ...inC } = hardInC();
    expect([e, r]).toEqual([0, 0]);
    expect(Object.fromEntries(HARD_LIMITS.map(({ option, hard }) => [option, hard]))).toEqual(inC);
  });

  // That of file locks is raised by a number for each command.
  it.each(HARD_LIMITS.filter(({ option }) => option !== "x"))(
    "the page has that of $words",
    ({ option, hard, unit }) => {
      const value = hard === Infinity ? "unlimited" : (hard / unit).toLocaleString("en");
      expect(page).toMatch(new RegExp(`\\| [^|]* \`-${option}\` \\| [^|]+ \\| ${value}\\b`));
    },
  );

  it.each([
    ["none is lower", limits(), WITHOUT, undefined],
    ["it is higher", limits({ "Max open files": 1_048_576 }), WITHOUT, undefined],
    ["it is the same", limits({ "Max open files": 16_384 }), WITHOUT, undefined],
    ["it is lower and may be raised", limits({ "Max open files": 4_096 }), WITH, undefined],
    [
      "it is lower and may not be raised",
      limits({ "Max open files": 4_096 }),
      WITHOUT,
      {
        what: "a hard limit of 16384 on open files",
        why: "it is 4096 here (ulimit -H -n), and only CAP_SYS_RESOURCE may raise it",
        how: "ulimit -H -n 16384 where it was lowered, or CAP_SYS_RESOURCE for whoever makes sandboxes",
      },
    ],
    [
      "it is counted in KiB and has to be unlimited",
      limits({ "Max file size": 200_000 * 1024 }),
      WITHOUT,
      expect.objectContaining({
        what: "no hard limit on file sizes",
        why: "it is 200000 here (ulimit -H -f), and only CAP_SYS_RESOURCE may raise it",
      }),
    ],
  ])("%s", (_, text, status, low) => expect(tooLow(text, status)).toEqual(low));
});
