import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

// The arrows between the rooms (DESIGN section 2, ARCHITECTURE.md), and how long a file and a C function may be.
// Not proven: what a computed `require` loads.

const ROOT = resolve(__dirname, "../..");

/** What each room may import of ours, besides itself. A room that is not here is none. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "src/model": [],
  "src/tiers": ["src/model"],
  "src/images": ["src/model"],
  "src/sdk": ["src/model"],
  "src/engine": ["src/model", "src/sdk"],
  runtime: ["src/model", "src/tiers", "src/images"],
  "src/provider": ["src/model", "src/sdk", "src/tiers", "src/images", "runtime"],
  components: ["src/model"],
  "src/cli": ["src/model", "src/tiers", "src/images", "runtime", "src/engine", "src/provider"],
};
/** Rooms that users load without the Pulumi SDK. */
const WITHOUT_PULUMI = ["src/model", "src/tiers", "src/images", "runtime"];

interface Import {
  file: string;
  room: string;
  /** As written. */
  specifier: string;
  /** The room it leads to; `undefined` for a package. */
  target: string | undefined;
}

function roomOf(path: string): string {
  const known = Object.keys(MAY_IMPORT).find((room) => path.startsWith(`${room}/`));
  return (
    known ??
    path
      .split("/")
      .slice(0, path.startsWith("src/") ? 2 : 1)
      .join("/")
  );
}

/** Imports, type imports, re-exports and literal requires of one file. */
function importsOf(file: string, text: string): Import[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName: specifier }) => {
    const target = specifier.startsWith(".") ? roomOf(normalize(join(dirname(file), specifier)) + "/") : undefined;
    return { file, room: roomOf(file), specifier, target };
  });
}

function offends({ room, specifier, target }: Import): boolean {
  if (target === undefined) return WITHOUT_PULUMI.includes(room) && specifier.startsWith("@pulumi/");
  return target !== room && !MAY_IMPORT[room]?.includes(target);
}

/** Functions longer than allowed, by the line they begin on; a function ends with a brace in the first column. */
function longFunctions(text: string, most: number): string[] {
  const found: string[] = [];
  let start = 0;
  let head = "";
  text.split("\n").forEach((line, number) => {
    if (/^[a-z].*\(/i.test(line) && !line.endsWith(";")) [start, head] = [number, line];
    if (line === "}" && head !== "") {
      if (number - start + 1 > most) found.push(`${head} (${number - start + 1} lines)`);
      head = "";
    }
  });
  return found;
}

/** Files below a folder with one of the endings; none where there is no folder. */
function sources(folder: string, ...endings: string[]): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => endings.some((ending) => name.endsWith(ending)) && !name.includes("node_modules/"))
    .map((name) => join(folder, name));
}
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const lineCount = (file: string) => read(file).split("\n").length - 1;

describe("the rooms", () => {
  const files = ["src", "runtime", "components"].flatMap((folder) => sources(folder, ".ts"));
  const all = files.flatMap((file) => importsOf(file, read(file)));

  it("hold every source file", () => {
    expect(files.filter((file) => !(roomOf(file) in MAY_IMPORT))).toEqual([]);
    expect(files.length).toBeGreaterThan(30);
  });

  it("import one way only", () => {
    expect(all.filter(offends).map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it("do not lead back to themselves", () => {
    const arrows = new Map<string, Set<string>>();
    for (const { room, target } of all) {
      if (target !== undefined && target !== room) arrows.set(room, (arrows.get(room) ?? new Set()).add(target));
    }
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
      [...(arrows.get(from) ?? [])].some((next) => {
        if (next === to) return true;
        return !seen.has(next) && reaches(next, to, seen.add(next));
      });
    expect([...arrows.keys()].filter((room) => reaches(room, room))).toEqual([]);
  });

  it.each([
    ["src/tiers/a.ts", 'import { x } from "../../runtime";'],
    ["src/tiers/a.ts", 'import type { x } from "../images/b";'],
    ["src/model/a.ts", 'export * from "../tiers";'],
    ["runtime/a.ts", 'const x = require("@pulumi/pulumi");'],
    ["src/images/sub/a.ts", 'const x = await import("../../cli/main");'],
  ])("would be found out: %s with %s", (file, text) => {
    expect(importsOf(file, text).filter(offends)).toHaveLength(1);
  });
});

describe("length", () => {
  const typescript = ["src", "runtime", "test", "bench", "examples", "stacks", "components"];

  it("no source file is over 300 lines", () => {
    const files = [...typescript.flatMap((folder) => sources(folder, ".ts")), ...sources("guest", ".c", ".h")];
    expect(files.length).toBeGreaterThan(60);
    expect(files.filter((file) => lineCount(file) > 300).map((file) => `${file}: ${lineCount(file)}`)).toEqual([]);
  });

  it("no C function is over 60 lines", () => {
    const long = sources("guest", ".c").flatMap((file) =>
      longFunctions(read(file), 60).map((text) => `${file}: ${text}`),
    );
    expect(long).toEqual([]);
  });

  it("a C function over 60 lines would be found out", () => {
    const body = "    x();\n".repeat(59);
    expect(longFunctions(`static int f(int a)\n{\n${body.slice(9)}}\n`, 60)).toHaveLength(1);
    expect(longFunctions(`int g(void) {\n${body}}\n`, 60)).toEqual(["int g(void) { (61 lines)"]);
    expect(longFunctions(`int g(void) {\n${body.slice(9)}}\n`, 60)).toEqual([]);
  });
});
