import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Tag, Verb } from "../../src/model/protocol";
import { makeTar } from "../images/tar-maker";
import type { RawClient } from "./client";
import { at, call, codeOf, list, readFile, sendTo, writeFile } from "./file-calls";
import { run, TestGuest, TIERS } from "./harness";

// A payload exchanges a directory and a link without end while the guest works on them. Each test asks for both sides of
// the exchange to have been seen, or it has shown nothing. That no other timing succeeds is not proven by any number of
// rounds: the guest never looks twice at a name, which is to be read in its code.

const ROUNDS = 300;
const OF_THE_RACE = "of the race";
const OF_THE_VICTIM = "the victim's file";

interface Race {
  guest: TestGuest;
  client: RawClient;
  /** A directory of the machine, or of the sandbox, that nothing may come out of or go into. */
  victim: string;
}

/** `/tmp/race/way` is a directory at one moment and a link to the victim at the next. */
async function start(tier: (typeof TIERS)[number], where: "machine" | "sandbox"): Promise<Race> {
  const guest = await TestGuest.start({ tier });
  const client = await guest.connect();
  const victim = where === "machine" ? join(guest.root, "..", "victim") : join(guest.root, "tmp/victim");
  mkdirSync(victim);
  writeFileSync(join(victim, "file"), OF_THE_VICTIM);
  await run(client, ["mkdir", "-p", "/tmp/race/way"]);
  await writeFile(client, "/tmp/race/way/file", OF_THE_RACE);
  symlinkSync(where === "machine" ? victim : "/tmp/victim", join(guest.root, "tmp/race/link"));
  await swap(client, guest, "/tmp/race/way", "/tmp/race/link");
  return { guest, client, victim };
}

async function swap(client: RawClient, guest: TestGuest, one: string, other: string): Promise<void> {
  const stream = client.spawn([guest.probe("swap"), one, other]);
  await stream.until(() => stream.out.length > 0, "the first exchange");
}

/** What so many calls come to, each different result once; more of them until all that are expected were seen. */
async function outcomes(each: (round: number) => Promise<string>, ...expected: string[]): Promise<string[]> {
  const seen = new Set<string>();
  const until = Date.now() + 15_000;
  for (let round = 0; round < ROUNDS || (Date.now() < until && !expected.every((one) => seen.has(one))); round++)
    seen.add(await each(round));
  return [...seen].sort();
}

const ok = async (result: Promise<unknown>): Promise<string> => codeOf(result);

describe.each(TIERS)("names swapped under the guest on %s", (tier) => {
  test("READ never leaves the root", async () => {
    const { client } = await start(tier, "machine");
    const read = (): Promise<string> =>
      readFile(client, "/tmp/race/way/file").catch((e: Error) => e.message.slice(0, 9));
    expect(await outcomes(read, "NOT_FOUND", OF_THE_RACE)).toEqual(["NOT_FOUND", OF_THE_RACE]);
  });

  test("WRITE and MKDIR never leave the root", async () => {
    const { client, victim } = await start(tier, "machine");
    const write = (round: number): Promise<string> => ok(writeFile(client, `/tmp/race/way/new-${round}`, "x"));
    const make = (round: number): Promise<string> => ok(call(client, Verb.MKDIR, `/tmp/race/way/made-${round}/x`));
    // The link leads to nothing that is in the sandbox.
    const both = ["NOT_FOUND", "none"];
    expect(await outcomes(write, ...both)).toEqual(both);
    expect(await outcomes(make, ...both)).toEqual(both);
    expect(readdirSync(victim)).toEqual(["file"]);
  });

  test("LIST to a depth does not go through the link", async () => {
    const { client } = await start(tier, "sandbox");
    const sizes = async (): Promise<string> => {
      const files = (await list(client, "/tmp/race", 2)).filter((entry) => entry.text(Tag.NAME) === "file");
      return files.map((entry) => (entry.number(Tag.SIZE) === OF_THE_RACE.length ? "ours" : "another")).join();
    };
    const seen = await outcomes(sizes, "ours");
    expect(seen).toContain("ours");
    // The one directory may be met under both names, or under none.
    expect(seen.filter((one) => !["", "ours", "ours,ours"].includes(one))).toEqual([]);
  });

  test("REMOVE does not go through the link", async () => {
    const { client, guest, victim } = await start(tier, "sandbox");
    for (let round = 0; round < 30; round++) {
      await run(client, [
        "/bin/sh",
        "-c",
        "cd /tmp; mkdir -p race/way; touch race/way/1 race/way/2; ln -s /tmp/victim race/link",
      ]);
      await call(client, Verb.REMOVE, "/tmp/race").catch((error: Error) =>
        expect(error.message).toMatch(/^NOT_(FOUND|EMPTY)/),
      );
    }
    expect(readdirSync(victim)).toEqual(["file"]);
    expect(readdirSync(join(guest.root, "tmp/victim"))).toEqual(["file"]);
  });

  test("TAR_OUT does not go through the link", async () => {
    const { client } = await start(tier, "sandbox");
    const pack = async (): Promise<string> => {
      const stream = client.open(Verb.TAR_OUT, at("/tmp/race"));
      await stream.end();
      if (stream.out.includes(OF_THE_VICTIM)) return "another";
      return stream.out.includes(OF_THE_RACE) ? "ours" : "";
    };
    expect((await outcomes(pack, "ours")).filter((one) => one !== "")).toEqual(["ours"]);
  });

  test("TAR_IN does not go through the link", async () => {
    const { client, victim } = await start(tier, "sandbox");
    const unpack = (round: number): Promise<string> => {
      const archive = makeTar([{ path: `way/unpacked-${round}`, content: "x" }]);
      return ok(sendTo(client.open(Verb.TAR_IN, at("/tmp/race")), archive));
    };
    expect(await outcomes(unpack, "BAD_ARCHIVE", "none")).toEqual(["BAD_ARCHIVE", "none"]);
    expect(readdirSync(victim)).toEqual(["file"]);
  });
});
