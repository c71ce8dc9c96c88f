import { existsSync, linkSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newSandboxId } from "../../../src/model/id";
import { runDir, stateDir, statePath } from "../../../src/model/state-dir";
import { claim, claimant, listClaims, release } from "../../../src/tiers/ledger/claim";
import { openEntry, readDeadline, readIntent } from "../../../src/tiers/ledger/entry";
import { withLock } from "../../../src/tiers/ledger/lock";
import { checkName, claimName, resolveName } from "../../../src/tiers/ledger/name";
import { findSandbox, getSandbox, judge, listSandboxes, readOutput } from "../../../src/tiers/ledger/record";
import { claimUidRange, firstSlot, listUidClaims, slotBase, slotOf } from "../../../src/tiers/ledger/uid-range";
import { ledgerId } from "../../../src/tiers/ledger/ledger-id";
import { socketPath } from "../../../src/tiers/local/socket-path";
import { formatIdentity, ownIdentity } from "../../../src/tiers/system/process";
import { anIntent, freshStateEachTest, writeEnded, writeEntry } from "./state";

freshStateEachTest();

const corrupt = (file: string) =>
  expect.objectContaining({ code: "CORRUPT", message: expect.stringContaining(file) as string }) as Error;

describe("shelves", () => {
  it("with what payloads wrote are root's alone", () => {
    for (const shelf of ["layers", "sandboxes", "snapshots"]) expect(statSync(statePath(shelf)).mode & 0o077).toBe(0);
  });
});

describe("an intent", () => {
  it("is read as it was written", () => {
    const intent = anIntent();
    expect(readIntent(writeEntry(intent))).toEqual(intent);
  });

  it("is none where there is no sandbox, and where there is only its folder", () => {
    const id = newSandboxId();
    expect(readIntent(id)).toBeUndefined();
    openEntry(id);
    expect(readIntent(id)).toBeUndefined();
  });

  it.each([
    ["cut off", '{"version":1,"ti'],
    ["empty", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["of another version", '{"version":2}'],
    ["of another tier", JSON.stringify({ ...anIntent(), tier: "moon" })],
    ["without claims", JSON.stringify({ ...anIntent(), claims: undefined })],
    ["without a deadline", JSON.stringify({ ...anIntent(), spec: { ...anIntent().spec, deadline: null } })],
  ])("that is %s is corrupt, and the file is named", (_, text) => {
    const id = newSandboxId();
    openEntry(id);
    const file = statePath("sandboxes", id, "intent.json");
    writeFileSync(file, text);
    expect(() => readIntent(id)).toThrow(corrupt(file));
  });

  it.each([
    ["1234\n", 1234],
    ["", undefined],
    ["soon", undefined],
  ])("a deadline file of %j overrides the intent's", (text, deadline) => {
    const intent = anIntent();
    writeFileSync(statePath("sandboxes", writeEntry(intent), "deadline"), text);
    expect(readDeadline(intent)).toBe(deadline ?? intent.spec.deadline);
  });
});

describe("claims", () => {
  it("are had by one, and given back by that one only", () => {
    const path = statePath("names", "x");
    expect([claim(path, "sbx-a"), claim(path, "sbx-b")]).toEqual([true, false]);
    release(path, "sbx-b");
    expect(claimant(path)).toBe("sbx-a");
    release(path, "sbx-a");
    release(path, "sbx-a");
    expect(claimant(path)).toBeUndefined();
  });

  it("are listed; a stranger's file among them is passed over", () => {
    claim(statePath("uids", "7"), "sbx-a");
    writeFileSync(statePath("uids", "8"), "?");
    expect(listClaims("uids")).toEqual([
      { path: statePath("uids", "7"), id: "sbx-a", createdAt: expect.any(Number) as number },
    ]);
  });

  it("point at the entry", () => {
    const id = writeEntry(anIntent());
    claim(statePath("names", "x"), id);
    expect(existsSync(statePath("names", "x", "intent.json"))).toBe(true);
  });
});

describe("uid ranges", () => {
  /** In this test's own place, for a machine has one. */
  const claimRange = (id: string, inUse: ReadonlySet<number> = new Set()) =>
    claimUidRange(id, () => inUse, statePath("uids"));

  it("are inside what systemd gives to containers, and end before its end", () => {
    expect(slotBase(0)).toBe(1_610_612_736);
    expect(slotBase(4095) + 65_535).toBe(1_879_048_191);
  });

  it("no two sandboxes have the same, also where both begin to look at one slot", () => {
    const id = newSandboxId();
    const ranges = Array.from({ length: 50 }, () => claimRange(id).uidBase);
    expect(new Set(ranges).size).toBe(50);
    expect(ranges[1]).toBe(slotBase((firstSlot(id) + 1) % 4096));
  });

  it("are refused when all are taken, and had again when one is free", () => {
    symlinkSync("led-x/x", statePath("uids", "0"));
    for (let slot = 1; slot < 4096; slot++) linkSync(statePath("uids", "0"), statePath("uids", String(slot)));
    expect(() => claimRange(newSandboxId())).toThrow(expect.objectContaining({ code: "LIMIT" }));
    release(statePath("uids", "4095"), "x");
    expect(claimRange(newSandboxId()).uidBase).toBe(slotBase(4095));
  });

  it("of another state directory and of an older version are taken too", () => {
    const id = newSandboxId();
    const first = firstSlot(id);
    symlinkSync("led-other0000000/sbx-other0000000", statePath("uids", String(first)));
    const old = new Set([(first + 1) % 4096]);
    const { uidBase, uidSlot } = claimRange(id, old);
    expect(uidBase).toBe(slotBase((first + 2) % 4096));
    expect(slotOf(uidBase + 65_000)).toBe((first + 2) % 4096);
    expect(listUidClaims(statePath("uids"))).toEqual(
      expect.arrayContaining([
        { path: uidSlot, id, ledger: ledgerId(), createdAt: expect.any(Number) as number },
        expect.objectContaining({ id: "sbx-other0000000", ledger: "led-other0000000" }),
      ]),
    );
  });
});

describe("names", () => {
  it.each(["a", "agent-1", "A.b_c", "7", "x".repeat(63)])("%j is one", (name) => checkName(name));

  it.each(["", ".", "..", "-a", "a/b", "a b", "ü", "a\n", "x".repeat(64), "sbx-0123456789ab", "../a"])(
    "%j is none",
    (name) => {
      expect(() => checkName(name)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
      expect(resolveName(name)).toBeUndefined();
    },
  );

  it("that are taken tell by whom", () => {
    const id = writeEntry(anIntent({ owner: "run:me" }));
    claimName("agent", id);
    expect(resolveName("agent")).toBe(id);
    expect(() => claimName("agent", newSandboxId())).toThrow(
      expect.objectContaining({
        code: "NAME_TAKEN",
        message: `name: "agent" is taken by sandbox ${id} of owner run:me.`,
      }),
    );
  });
});

describe("records", () => {
  it("tell what the intent, the deadline and the end say", () => {
    const intent = anIntent({ name: "agent" });
    const id = writeEntry(intent);
    writeFileSync(statePath("sandboxes", id, "deadline"), String(Date.now() + 99_000));
    writeFileSync(statePath("sandboxes", id, "keeper"), formatIdentity(ownIdentity()));
    expect(getSandbox(id)).toMatchObject({ id, name: "agent", state: "running", image: "sha256:a", owner: "owner-1" });
    expect(getSandbox(id).deadline).toBeGreaterThan(intent.spec.deadline);
    expect(getSandbox(id).connection).toEqual({
      version: 1,
      tier: "chroot",
      id,
      owner: "owner-1",
      address: { kind: "unix", path: join(runDir(), `${id}.sock`) },
    });
    writeEnded(id);
    expect(getSandbox(id)).toMatchObject({ state: "ended", ended: { how: "killed" } });
  });

  it("with a keeper that is gone are dead", () => {
    const id = writeEntry(anIntent());
    writeFileSync(statePath("sandboxes", id, "keeper"), "1 1");
    expect([getSandbox(id).state, judge(id)?.fate]).toEqual(["dead", "dead"]);
  });

  it("that can't be read are named, and hide no other", () => {
    const good = writeEntry(anIntent());
    const bad = [writeEntry(anIntent()), writeEntry(anIntent())] as const;
    writeFileSync(statePath("sandboxes", bad[0], "intent.json"), "{");
    writeFileSync(statePath("sandboxes", bad[1], "ended.json"), "{");
    openEntry(newSandboxId());
    mkdirSync(statePath("sandboxes", "not-ours"));
    const { sandboxes, unreadable } = listSandboxes();
    expect(sandboxes.map(({ id }) => id)).toEqual([good]);
    expect(unreadable.map(({ message }) => message).sort()).toEqual(
      [`${bad[0]}/intent.json`, `${bad[1]}/ended.json`].sort().map((file) => expect.stringContaining(file) as string),
    );
  });

  it("are found by name: the living one, else of those that ended the last made", () => {
    const [first, second] = [1, 2].map((createdAt) => {
      const intent = anIntent({ name: "agent" });
      intent.spec.createdAt = createdAt;
      writeEnded(writeEntry(intent));
      return intent.spec.id;
    });
    expect(findSandbox("agent")?.id).toBe(second);
    claim(statePath("names", "agent"), first as string);
    expect(findSandbox("agent")?.id).toBe(first);
  });

  it.each(["nobody", "sbx-0123456789ab", "", "../x"])("of %j there is none, and where to look is told", (value) => {
    expect(findSandbox(value)).toBeUndefined();
    expect(() => getSandbox(value)).toThrow(
      expect.objectContaining({
        code: "NO_SUCH_SANDBOX",
        message: expect.stringContaining(JSON.stringify(value)) as string,
        hint: expect.stringContaining("sandstack ls") as string,
      }),
    );
  });

  it("keep a task's output", () => {
    const id = writeEntry(anIntent());
    expect(readOutput(id)).toBeUndefined();
    writeFileSync(statePath("sandboxes", id, "output"), "said");
    expect(String(readOutput(id))).toBe("said");
  });
});

describe("a lock", () => {
  const file = () => join(stateDir(), "x.lock");

  it("is had by one at a time, and leaves no file", async () => {
    const order: string[] = [];
    const hold = (name: string) =>
      withLock("x", async () => {
        order.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, 30));
        order.push(`${name} out`);
      });
    await Promise.all([hold("a"), hold("b"), hold("c")]);
    expect(order.map((step) => step.slice(2))).toEqual(["in", "out", "in", "out", "in", "out"]);
    expect(readdirSync(stateDir()).filter((name) => name.includes("lock"))).toEqual([]);
  });

  it("names its holder to whoever waits too long", async () => {
    await withLock("x", async () => {
      await expect(withLock("x", () => Promise.resolve(), 50)).rejects.toMatchObject({
        code: "LOCKED",
        message: expect.stringContaining(`Process ${process.pid} holds`) as string,
      });
    });
  });

  it.each(["1 1", "", "gibberish", `${process.pid} 1`])(
    "left behind by a dead holder (%j) is taken over",
    async (text) => {
      writeFileSync(file(), text);
      expect(await withLock("x", () => Promise.resolve("done"), 500)).toBe("done");
    },
  );

  it("is given back by a body that throws", async () => {
    await expect(withLock("x", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(file())).toBe(false);
  });
});

describe("a socket's path", () => {
  it.each([
    [85, true],
    [86, false],
  ])("with a run directory of %i bytes is taken: %s", (length, taken) => {
    process.env["SANDSTACK_RUN_DIR"] = `/${"r".repeat(length - 1)}`;
    const path = () => socketPath("sbx-0123456789ab");
    if (taken) expect(Buffer.byteLength(path())).toBe(107);
    else expect(path).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
