import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildLocked, collectImages, defaultImage, verifyLock } from "../../src/images";
import type { DebianPins, PinnedDeb } from "../../src/images/debian/pins";
import { statePath } from "../../src/model/state-dir";
import type { ImageLock, LayerLock } from "../../src/model/lock";
import { leakCheckEachTest } from "../support/leak-check";
import { startMirror } from "./mirror";
import { storeContent } from "./own-store";

// A pin outlives the mirror: whether that has the package no longer, has a newer one in its place, or is gone, it is not
// asked for what the store has. With no network at all: test/cli/stack-team.test.ts.

const TIMEOUT = 150_000;
const { from, packages } = defaultImage() as { from: { debian: string }; packages: string[] };

let before: string | undefined;
let mirror: Awaited<ReturnType<typeof startMirror>>;
let lock: ImageLock;
let debs: readonly PinnedDeb[];
/** The only one that the mirror has, if any. */
let offered: string | undefined;
const args = () => ({ from: { ...from, mirror: mirror.address }, packages });

leakCheckEachTest();
beforeAll(async () => {
  mirror = await startMirror((path, real) => (path === offered ? real() : Promise.resolve(undefined)));
  // As it was locked when it had all that this machine's own archive has.
  const layer = (await buildLocked(defaultImage())).lock.layers[0] as LayerLock;
  debs = (layer.pins as DebianPins).packages;
  const archives = [{ suite: from.debian, components: ["main"] }];
  lock = {
    digest: `sha256:${"0".repeat(64)}`,
    layers: [{ ...layer, declared: { ...args().from, packages }, pins: { ...layer.pins, archives } }],
  };
  const fetched = statePath("images/debs");
  before = process.env["SANDSTACK_STATE_DIR"];
  process.env["SANDSTACK_STATE_DIR"] = mkdtempSync("/var/tmp/sandstack-store-");
  cpSync(fetched, statePath("images/debs"), { recursive: true });
});
afterAll(async () => {
  rmSync(statePath(), { recursive: true });
  process.env["SANDSTACK_STATE_DIR"] = before;
  await mirror[Symbol.asyncDispose]();
});

it(
  "is asked for no more than the package that is spoiled in the store; gc leaves them all",
  async () => {
    const [spoiled] = debs as [PinnedDeb];
    truncateSync(statePath("images/debs", spoiled.sha256), 100);
    offered = spoiled.path;
    const { image } = await buildLocked(args(), { lock });
    expect(mirror.asked.splice(0)).toEqual([spoiled.path]);
    const [root] = image.layers as [string];
    expect(readFileSync(join(root, "etc/apt/sources.list"), "utf8")).toBe(
      `deb ${mirror.address} ${from.debian} main\n`,
    );
    const longAgo = new Date(Date.now() - 100 * 86_400_000);
    for (const { sha256 } of debs) utimesSync(statePath("images/debs", sha256), longAgo, longAgo);
    await collectImages(new Set([root]));
    expect(debs.filter(({ sha256 }) => !existsSync(statePath("images/debs", sha256)))).toEqual([]);
  },
  TIMEOUT,
);

it("is missed where the store lacks a package: the error names it, and nothing is left", async () => {
  const [first] = debs as [PinnedDeb];
  offered = undefined;
  rmSync(statePath("images/debs", first.sha256));
  await expect(verifyLock(args(), lock)).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: expect.stringMatching(new RegExp(`${first.name} \\S+ cannot be had from http:\\S+ any more`)) as string,
  });
  expect(mirror.asked.length).toBeGreaterThan(0);
  expect(mirror.asked.every((path) => path === first.path)).toBe(true);
  expect(storeContent().unfinished).toEqual([]);
});
