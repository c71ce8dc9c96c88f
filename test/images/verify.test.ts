import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openBuildSandbox } from "../../runtime/build-sandbox";
import { lockImage, verifyLock } from "../../src/images";
import type { ImageArgs } from "../../src/model/image";
import { statePath } from "../../src/model/state-dir";
import { leakCheckEachTest } from "../support/leak-check";
import { makeShellRootfs } from "./shell-rootfs";

// What `verify` finds in images of which nothing is pinned. A suite made anew, and another machine: test/cli/stack-lock.test.ts.

const sandbox = openBuildSandbox;

leakCheckEachTest();
let folder: string;
beforeEach(() => void (folder = mkdtempSync("/var/tmp/verify-")));
afterEach(() => rmSync(folder, { recursive: true }));

/** Removes a layer of the lock from the store, as on a machine that never had it. */
const forget = (digest: string) => rmSync(statePath("images/layers", digest), { recursive: true });

it("a step that gives something else each time is named with its files, by the locked layer or by one made once more", async () => {
  const args: ImageArgs = {
    from: { rootfs: makeShellRootfs(join(folder, "shell")) },
    run: ["echo same > /opt/same", "read -r id < /proc/sys/kernel/random/uuid; echo $id > /opt/id; : > /opt/still"],
  };
  const lock = await lockImage(args, { sandbox });
  expect(lock.layers.map(({ step }) => step)).toEqual(["source", "run", "run"]);
  const expected = { step: "run", files: [{ path: "/opt/id", differs: ["content"] }] };
  const byLocked = await verifyLock(args, lock, { sandbox });
  expect(byLocked).toMatchObject({ equal: false, movedOn: [], locked: lock.digest });
  expect(byLocked.differs).toMatchObject({ ...expected, comparedWith: "locked" });
  expect(byLocked.differs?.digest).not.toBe(lock.layers[2]?.digest);
  forget(lock.layers[2]?.digest as string);
  expect((await verifyLock(args, lock, { sandbox })).differs).toMatchObject({ ...expected, comparedWith: "again" });
});

it("an image whose layer in the store was tampered with is made anew from what it is declared by, and is equal", async () => {
  const tree = join(folder, "tree");
  mkdirSync(join(tree, "etc"), { recursive: true });
  writeFileSync(join(tree, "etc/word"), "word\n");
  const args: ImageArgs = { from: { rootfs: tree }, files: { "/note": { text: "note" } }, env: { A: "b" } };
  const lock = await lockImage(args);
  writeFileSync(statePath("images/layers", lock.layers[0]?.digest as string, "diff/etc/word"), "other\n");
  expect(await verifyLock(args, lock)).toEqual({ equal: true, movedOn: [], locked: lock.digest, digest: lock.digest });
  expect(await verifyLock({ ...args, env: { A: "c" } }, lock)).toMatchObject({ equal: false, movedOn: ["config"] });
  forget(lock.layers[0]?.digest as string);
});
