import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newSandboxId, newSnapshotId } from "../../../src/model/id";
import { statePath } from "../../../src/model/state-dir";
import { dropRef, listLayers, listRefs, refPath, removeUnused, takeRef } from "../../../src/tiers/ledger/layer";
import { getSnapshot, listSnapshots, dropSnapshot, resolveSnapshot } from "../../../src/tiers/ledger/snapshot";
import { anIntent, freshStateEachTest, writeEntry, writeLayer } from "./state";

freshStateEachTest();

function writeSnapshot(sandbox: string, shared: readonly string[], change: object = {}): string {
  const id = newSnapshotId();
  const layers = [...shared.map((layer) => join(layer, "diff")), "/images/a"];
  const record = { id, sandbox, createdAt: 1, description: "", keep: false, layers, shared, ...change };
  writeFileSync(statePath("snapshots", `${id}.json`), JSON.stringify(record));
  return id;
}

describe("layers", () => {
  it("are listed with their maker and their users", () => {
    const layer = writeLayer("sbx-0123456789ab.3", ["sbx-0123456789ab", "snap-0123456789ab"]);
    expect(listLayers()).toMatchObject([{ path: layer, sandbox: "sbx-0123456789ab" }]);
    expect(
      listRefs(layer)
        .map(({ user }) => user)
        .sort(),
    ).toEqual(["sbx-0123456789ab", "snap-0123456789ab"]);
  });

  it("go with their last reference, however deep their tree", () => {
    const layer = writeLayer("a.0", ["one", "two"]);
    // 5,000 bytes deep: more than a path can name.
    const dig = "for (1..20) { mkdir $ARGV[0]; chdir $ARGV[0] or die }";
    execFileSync("perl", ["-e", dig, "d".repeat(250)], { cwd: join(layer, "diff") });
    dropRef(refPath(layer, "one"));
    expect(existsSync(layer)).toBe(true);
    dropRef(refPath(layer, "two"));
    expect(existsSync(layer)).toBe(false);
    dropRef(refPath(layer, "two"));
  });

  it("stay while somebody uses them", () => {
    const layer = writeLayer("a.0", ["one"]);
    removeUnused(layer);
    expect(readdirSync(layer).sort()).toEqual(["diff", "refs"]);
  });

  it("take no reference once they are being removed", () => {
    const layer = writeLayer("a.0", []);
    takeRef(refPath(layer, "one"));
    takeRef(refPath(layer, "one"));
    dropRef(refPath(layer, "one"));
    expect(() => takeRef(refPath(layer, "two"))).toThrow(expect.objectContaining({ code: "NO_SUCH_SNAPSHOT" }));
  });
});

describe("snapshots", () => {
  it("give what a sandbox begins from, with the image of the sandbox that they were taken of", () => {
    const sandbox = writeEntry(anIntent());
    const layer = writeLayer(`${sandbox}.0`, [sandbox]);
    const id = writeSnapshot(sandbox, [layer]);
    expect(resolveSnapshot(id, "nspawn")).toEqual({
      layers: [join(layer, "diff"), "/images/a"],
      sharedLayers: [layer],
      image: "sha256:a",
    });
  });

  it.each(["snap-0123456789ab", "nonsense", "../x", ""])("of %j there is none", (id) => {
    for (const ask of [getSnapshot, (one: string) => resolveSnapshot(one, "chroot")]) {
      expect(() => ask(id)).toThrow(
        expect.objectContaining({
          code: "NO_SUCH_SNAPSHOT",
          message: expect.stringContaining(JSON.stringify(id)) as string,
        }),
      );
    }
    dropSnapshot(id);
  });

  it.each(["{", "null", "[]", '{"id":"x"}'])("that can't be read (%s) are named, and hide no other", (text) => {
    const [good, bad] = [writeSnapshot("sbx-a", []), newSnapshotId()];
    writeFileSync(statePath("snapshots", `${bad}.json`), text);
    const { snapshots, unreadable } = listSnapshots();
    expect(snapshots.map(({ id }) => id)).toEqual([good]);
    expect(unreadable).toMatchObject([{ code: "CORRUPT", message: expect.stringContaining(`${bad}.json`) as string }]);
  });

  it("are listed by age, of all sandboxes or of one", () => {
    const [a, b] = [newSandboxId(), newSandboxId()];
    const [late, early, other] = [
      writeSnapshot(a, [], { createdAt: 3 }),
      writeSnapshot(a, [], { createdAt: 1 }),
      writeSnapshot(b, [], { createdAt: 2 }),
    ];
    const ids = (sandbox?: string) => listSnapshots(sandbox).snapshots.map(({ id }) => id);
    expect([ids(), ids(a)]).toEqual([
      [early, other, late],
      [early, late],
    ]);
  });

  it("when removed leave what others use", () => {
    const [used, unused] = [writeLayer("a.0", ["sbx-a"]), writeLayer("a.1", [])];
    const id = writeSnapshot("sbx-a", [used, unused]);
    for (const layer of [used, unused]) takeRef(refPath(layer, id));
    dropSnapshot(id);
    dropSnapshot(id);
    expect(listLayers().map(({ path }) => path)).toEqual([used]);
    expect(listRefs(used).map(({ user }) => user)).toEqual(["sbx-a"]);
    expect(listSnapshots().snapshots).toEqual([]);
  });
});
