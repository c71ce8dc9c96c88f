import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Sandbox } from "../../runtime";
import { statePath } from "../../src/model/state-dir";
import type { TierName } from "../../src/model/tier";
import { resolveSnapshot } from "../../src/tiers";
import { makerOf } from "./making";

/** Not whole blocks. */
const SIZE = 2 ** 43 + 13;
/** Text at the start, in the middle and at the end. */
const TEXTS: readonly [number, string][] = [
  [0, "start"],
  [2 ** 42 + 1_000, "middle"],
  [SIZE - 3, "end"],
];
const REAL = 64 << 20;
/** Far more than three pieces of data take, and far less than what was copied as data. */
const LITTLE = 1 << 20;

/** `size blocks` of what a test makes in a sandbox; then its texts. */
const LOOK = `import os, sys
for name in sys.argv[1:]:
    info = os.stat(name)
    print(info.st_size, info.st_blocks * 512)
    with open(name, "rb") as f:
        for at, length in (${TEXTS.map(([at, text]) => `(${at}, ${text.length})`).join(", ")}):
            f.seek(at)
            print(f.read(length).decode())`;
const MAKE = `import sys
with open(sys.argv[1], "wb") as f:
    f.truncate(${SIZE})
    for at, text in (${TEXTS.map(([at, text]) => `(${at}, b"${text}")`).join(", ")}):
        f.seek(at)
        f.write(text)`;

function makeHoles(path: string): void {
  const file = openSync(path, "w");
  ftruncateSync(file, SIZE);
  for (const [at, text] of TEXTS) writeSync(file, text, at);
  closeSync(file);
}

function expectHoles(path: string): void {
  const { size, blocks } = statSync(path);
  expect(size).toBe(SIZE);
  expect(blocks * 512).toBeLessThan(LITTLE);
  const file = openSync(path, "r");
  const read = (at: number, length: number): string => {
    const bytes = Buffer.alloc(length);
    readSync(file, bytes, 0, length, at);
    return bytes.toString();
  };
  expect(TEXTS.map(([at, text]) => read(at, text.length))).toEqual(TEXTS.map(([, text]) => text));
  closeSync(file);
}

async function expectHolesInside(sandbox: Sandbox, path: string): Promise<void> {
  const { stdout } = await sandbox.commands.run(["python3", "-c", LOOK, path]);
  const [first = "", ...texts] = stdout.trim().split("\n");
  const [size, held] = first.split(" ").map(Number);
  expect([size, texts]).toEqual([SIZE, TEXTS.map(([, text]) => text)]);
  expect(held).toBeLessThan(LITTLE);
}

/** In a `describe`: files of 8 TiB with hardly any data, on every way that files take. */
export function keepsHolesOf(name: TierName): void {
  const make = makerOf(name);
  let here: string;
  beforeEach(() => void (here = mkdtempSync(statePath("holes-"))));
  afterEach(() => rmSync(here, { recursive: true }));

  it("come in and go out as they are, by themselves and in a directory; data takes its place", async () => {
    const { sandbox } = await make();
    const [tree, out, one] = [join(here, "tree"), join(here, "out"), join(here, "one")];
    mkdirSync(tree);
    makeHoles(join(tree, "holes"));
    const real = openSync(join(tree, "real"), "w");
    for (let i = 0; i < REAL >> 20; i++) writeSync(real, Buffer.alloc(1 << 20, "x"));
    closeSync(real);
    await sandbox.files.copyIn(tree, "/home/agent/tree");
    await sandbox.files.copyIn(join(tree, "holes"), "/home/agent/one");
    await expectHolesInside(sandbox, "/home/agent/tree/holes");
    await expectHolesInside(sandbox, "/home/agent/one");
    await sandbox.files.copyOut("/home/agent/tree", out);
    await sandbox.files.copyOut("/home/agent/one", one);
    expectHoles(join(out, "holes"));
    expectHoles(one);
    const inside = await sandbox.commands.run(["stat", "-c", "%s %b", "/home/agent/tree/real"]);
    const [size, blocks] = inside.stdout.split(" ").map(Number);
    for (const [length, held] of [
      [size, (blocks as number) * 512],
      [statSync(join(out, "real")).size, statSync(join(out, "real")).blocks * 512],
    ] as const) {
      expect(length).toBe(REAL);
      expect(held).toBeGreaterThanOrEqual(REAL);
    }
  });

  it("that nothing but holes are are copied too", async () => {
    const { sandbox } = await make();
    await sandbox.commands.run(`truncate -s ${SIZE} empty`);
    await sandbox.files.copyOut("/home/agent/empty", join(here, "empty"));
    expect(statSync(join(here, "empty"))).toMatchObject({ size: SIZE, blocks: 0 });
    await sandbox.files.copyIn(join(here, "empty"), "/home/agent/again");
    expect((await sandbox.commands.run("stat -c '%s %b' again")).stdout).toBe(`${SIZE} 0\n`);
  });

  it("that are read into memory are refused before there is none left", async () => {
    const { sandbox } = await make();
    await sandbox.commands.run(`truncate -s ${SIZE} empty`);
    for (const format of ["text", "bytes", "blob"] as const) {
      const read = sandbox.files.read("/home/agent/empty", { format: format as "text" });
      await expect(read).rejects.toMatchObject({ code: "LIMIT", message: /empty has \d{13} bytes/ });
    }
  });

  it("survive a snapshot with commands running, going back, and a sandbox that begins with it", async () => {
    const { sandbox } = await make();
    await sandbox.commands.run(["python3", "-c", MAKE, "holes"]);
    await sandbox.commands.run("sleep 1000", { background: true });
    const snapshot = await sandbox.createSnapshot();
    await sandbox.commands.run("rm holes");
    await sandbox.rollback(snapshot);
    await expectHolesInside(sandbox, "/home/agent/holes");
    const next = await make(resolveSnapshot(snapshot.id, name));
    await expectHolesInside(next.sandbox, "/home/agent/holes");
  });
}
