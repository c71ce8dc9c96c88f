import { describe, expect, it } from "vitest";
import { newMarker } from "../faults/parts";
import { until } from "../support/until";
import { expectSaid, hasDefaultLimits, isV1, sharesPages } from "./open";
import { openPlace, type Place, type Where } from "./place";
import { opened } from "./suites";
import { readVerdict } from "./verdict";

const PAGE = "docs/local-tiers.md";
const LOCAL: readonly Where[] = [
  { tier: "chroot", user: "agent" },
  { tier: "nspawn", user: "agent" },
];

describe.each(LOCAL)("two on $tier", (where) => {
  const [one, other] = [opened(() => openPlace(where)), opened(() => openPlace(where))];
  sharesPages(one, other, PAGE);
  hasDefaultLimits(one, other, PAGE);
});

describe("one on each tier", () => {
  const [one, other] = LOCAL.map((where) => opened(() => openPlace(where))) as [() => Place, () => Place];
  sharesPages(one, other, PAGE);
});

describe.each(LOCAL)("$tier with 64 MiB of memory", (where) => {
  const place = opened(() => openPlace(where, { limits: { memory: "64MiB" } }));

  it.runIf(isV1)(
    "open, and docs say so: on version 1 of cgroups many connections hold more than the limit",
    async () => {
      const run = await place().run("take-buffers", ["tcp", "192"]);
      expect(readVerdict(run)).toMatchObject({ succeeded: true });
      expectSaid(PAGE, /each connection of TCP holds some 64 KiB more than the bound/);
    },
  );
});

describe("two on chroot", () => {
  /** One has a secret, and hands it open to the other. */
  async function passed(one: Place, other: Place) {
    const [name, secret] = [newMarker(), newMarker()];
    await one.sandbox.files.write("/home/agent/secret", `${secret}\n`, { mode: 0o600 });
    await Promise.all([one, other].map((place) => place.put("pass-descriptor")));
    let said = "";
    const taking = await other.sandbox.commands.run([other.path("pass-descriptor"), "take", name], {
      background: true,
      onStdout: (text) => void (said += text),
    });
    await until("who takes it", 10_000, () => said.includes("ready"));
    const given = readVerdict(await one.run("pass-descriptor", ["give", name, "/home/agent/secret"]));
    await until("the end", 10_000, () => !given.succeeded || said.includes("SUCCEEDED"));
    await taking.kill();
    return { given: given.succeeded, taken: said.includes(secret) };
  }

  it('open, and docs say so: with network: "host" they pass each other what they have open', async () => {
    const [one, other] = await Promise.all([0, 1].map(() => openPlace(LOCAL[0] as Where, { network: "host" })));
    expect(await passed(one as Place, other as Place)).toEqual({ given: true, taken: true });
    await Promise.all([one?.close(), other?.close()]);
    expectSaid(PAGE, /two chroot sandboxes with `network: "host"` can pass each other open files/);
    expectSaid("README.md", /with `network: "host"` two can pass each other open files/);
  });

  it("with no network they can't", async () => {
    const [one, other] = await Promise.all([0, 1].map(() => openPlace(LOCAL[0] as Where)));
    expect(await passed(one as Place, other as Place)).toEqual({ given: false, taken: false });
    await Promise.all([one?.close(), other?.close()]);
  });
});
