import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import * as protocol from "../../src/model/protocol";

// The protocol's numbers stand three times: in C, in TypeScript, and in words.

const guest = resolve(__dirname, "../../guest");
const header = readFileSync(resolve(guest, "src/shared/protocol.h"), "utf8");
const page = readFileSync(resolve(guest, "PROTOCOL.md"), "utf8");

/** What only the guest has to know. */
const GUEST_ONLY = ["MAX_STREAMS", "MAX_CONNECTIONS", "GRACE_MS", "KEPT_OUTPUT"];

const inC: Record<string, number> = Object.fromEntries(
  [...header.matchAll(/^\s+([A-Z][A-Z0-9_]*) = (\d+),$/gm)].map(([, name, value]) => [name as string, Number(value)]),
);

/** `SpawnFlag` and `PTY` are `SPAWN_FLAG_PTY` in C. */
function nameInC(group: string, name: string): string {
  return `${group.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}_${name}`;
}

const inTypeScript = Object.fromEntries(
  Object.entries(protocol).flatMap(([group, value]) =>
    typeof value === "number"
      ? [[group, value]]
      : Object.entries(value).map(([name, number]) => [nameInC(group, name), number]),
  ),
);

/** `| 1 | SPAWN |` rows below a heading, up to the next one. */
function rowsBelow(heading: string): Record<string, number> {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return Object.fromEntries(
    [...section.matchAll(/^\| (\d+) \| ([A-Z_]+) \|/gm)].map(([, number, name]) => [name as string, Number(number)]),
  );
}

describe("the protocol's numbers", () => {
  it("are the same in C and in TypeScript", () => {
    for (const name of GUEST_ONLY) expect(inC).toHaveProperty(name);
    const shared = Object.fromEntries(Object.entries(inC).filter(([name]) => !GUEST_ONLY.includes(name)));
    expect(Object.keys(shared).length).toBeGreaterThan(120);
    expect(inTypeScript).toEqual(shared);
  });

  it("are those of the page: frames", () => expect(rowsBelow("Frames")).toEqual(protocol.Type));

  it("are those of the page: verbs", () => expect(rowsBelow("Verbs")).toEqual(protocol.Verb));

  it("are those of the page: fields", () => {
    const keeper = rowsBelow("The keeper");
    // Four limits share a row, and some rows repeat a field of the guest's.
    expect({ ...keeper, ...rowsBelow("Fields") }).toEqual(protocol.Tag);
  });
});
