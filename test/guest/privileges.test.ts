import { readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { run, TestGuest, TIERS } from "./harness";

const SH = ["/bin/sh", "-c"];

/** Lines "name value …" as a record. */
function table(text: string): Record<string, string> {
  const record: Record<string, string> = {};
  for (const line of text.trim().split("\n")) {
    const [, name = "", value = ""] = /^([^ :\t]*)[ :\t]*(.*)$/.exec(line) ?? [];
    record[name] = value;
  }
  return record;
}

const statusOf = (pid: number): Record<string, string> => table(readFileSync(`/proc/${pid}/status`, "utf8"));

describe.each(TIERS)("who is who on %s", (tier) => {
  test("the payload: its user, no capability, limits, clean signals and descriptors", async () => {
    const guest = await TestGuest.start({ tier });
    const facts = table((await run(await guest.connect(), [guest.probe("identity")])).out);
    const id = (number: number): number => (tier === "chroot" ? guest.uidBase : 0) + number;
    const three = `${id(1000)} ${id(1000)} ${id(1000)}`;
    expect(facts).toMatchObject({ uids: three, gids: three, groups: String(id(2000)) });
    expect(facts).toMatchObject({ effective: "00", permitted: "00", inheritable: "00", ambient: "0" });
    expect(facts["bounding"]).toBe(tier === "chroot" ? "0" : "db");
    expect(facts).toMatchObject({ no_new_privs: "1", seccomp: "2", core: "1", files_bounded: "1", processes: "320" });
    expect(facts).toMatchObject({ parent_death: "9", ignored: "0", blocked: "0", leader: "1", descriptors: "0 1 2" });
  });

  test("the guest: its own uid, a few capabilities, and no look into it", async () => {
    const guest = await TestGuest.start({ tier });
    const status = statusOf(guest.pid);
    const uid = String(guest.uidBase + 65_000);
    expect(status["Uid"]!.split(/\s+/)).toEqual([uid, uid, uid, uid]);
    expect(status).toMatchObject({
      CapEff: "00000000000400fb",
      CapPrm: "00000000000400fb",
      CapInh: "0000000000000000",
    });
    expect(status).toMatchObject({ NoNewPrivs: "1", Seccomp: "2" });
    // Not dumpable: what /proc shows of it belongs to the root of its user namespace, not to its uid.
    const owner = statSync(`/proc/${guest.pid}/fd`).uid;
    expect(owner).toBe(tier === "chroot" ? 0 : guest.uidBase);
  });

  test("the guest's uid is nobody's, whatever /etc/passwd says", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    await expect(client.spawn(["id"], { user: "intruder" }).end()).rejects.toThrow(/^USER_REFUSED/);
  });

  test("the payload can neither signal nor stop the guest", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    const users = tier === "nspawn" ? ["agent", "root"] : ["agent"];
    for (const user of users) {
      const script = "for s in 9 19 15 11 13 17 1; do kill -$s $PPID && echo sent; done; kill -9 -1; exit 0";
      const result = await run(client, [...SH, script], { user });
      expect([user, result.out]).toEqual([user, ""]);
      expect(statusOf(guest.pid)["State"]).toMatch(/^[SR]/);
    }
    expect((await run(client, ["echo", "alive"])).out).toBe("alive\n");
  });
});

describe("root inside", () => {
  test("is refused on chroot, by name and by number", async () => {
    const guest = await TestGuest.start({ tier: "chroot" });
    const client = await guest.connect();
    await expect(client.spawn(["id"], { user: "root" }).end()).rejects.toThrow(/^USER_REFUSED/);
    await expect(client.spawn(["id"], { user: "0" }).end()).rejects.toThrow(/^(USER_REFUSED|UNKNOWN_USER)/);
  });

  test("on nspawn it has the capabilities 0xdb, and keeps them through exec", async () => {
    const guest = await TestGuest.start({ tier: "nspawn" });
    const probe = guest.probe("identity");
    const client = await guest.connect();
    for (const args of [[probe], [...SH, `exec ${probe}`]]) {
      const facts = table((await run(client, args, { user: "root" })).out);
      expect(facts).toMatchObject({ uids: "0 0 0", effective: "0db", permitted: "0db", bounding: "db", ambient: "0" });
    }
  });

  test("on nspawn it cannot become the guest", async () => {
    const guest = await TestGuest.start({ tier: "nspawn" });
    const client = await guest.connect();
    const become = (uid: number): string[] => [
      "/usr/bin/setpriv",
      "--reuid",
      String(uid),
      "--clear-groups",
      "echo",
      "in",
    ];
    const root = { user: "root" };
    expect((await run(client, become(1000), root)).out).toBe("in\n");
    const refused = await run(client, become(65_000), root);
    expect(refused).toMatchObject({ out: "", err: expect.stringContaining("Operation not permitted") as string });
  });
});
