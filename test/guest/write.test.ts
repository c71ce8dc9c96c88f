import { execFileSync } from "node:child_process";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FieldWriter } from "../../src/model/fields";
import { Tag, Type, Verb } from "../../src/model/protocol";
import { BIG, codeOf, openWrite, readFile, sendTo, sh, start, stat, writeFile } from "./file-calls";
import { eventually, TIERS } from "./harness";

describe.each(TIERS)("WRITE on %s", (tier) => {
  test("makes a file and its parents, of the default user and 0644, or as is said", async () => {
    const { client } = await start(tier);
    expect(await writeFile(client, "/home/agent/a/b/f", BIG)).toBe(BIG.length);
    await writeFile(client, "/tmp/tool", "#!/bin/sh\necho ran\n", { mode: 0o755 });
    const facts = await sh(client, "cd /home/agent; stat -c '%U %a' a a/b a/b/f; /tmp/tool; md5sum < a/b/f");
    const sum = execFileSync("md5sum", { input: BIG, encoding: "utf8" });
    expect(facts).toBe(`agent 755\nagent 755\nagent 644\nran\n${sum}`);
  });

  test("belongs to whom USER says: a name, a number of the sandbox", async () => {
    const { guest, client } = await start(tier);
    const real = (id: number): number => guest.uidBase + id;
    for (const [user, id] of [
      ["agent", 1000],
      ["1000", 1000],
      ["1234", 1234],
    ] as const) {
      await writeFile(client, `/tmp/of-${user}`, "", { user });
      const { uid, gid } = statSync(join(guest.root, `tmp/of-${user}`));
      expect([user, uid, gid]).toEqual([user, real(id), real(id)]);
    }
    expect(await codeOf(writeFile(client, "/tmp/x", "", { user: "nobody-here" }))).toBe("UNKNOWN_USER");
    expect(await codeOf(writeFile(client, "/tmp/x", "", { user: "70000" }))).toBe("UNKNOWN_USER");
    expect(await codeOf(writeFile(client, "/tmp/x", "", { user: "intruder" }))).toBe("USER_REFUSED");
    expect(await codeOf(writeFile(client, "/tmp/x", "", { user: "root" }))).toBe(
      tier === "chroot" ? "USER_REFUSED" : "none",
    );
  });

  test("an agent that no list of accounts names is 1000", async () => {
    const { guest, client } = await start(tier);
    writeFileSync(join(guest.root, "etc/passwd"), "");
    writeFileSync(join(guest.root, "etc/group"), "");
    await writeFile(client, "/tmp/f", "");
    expect(statSync(join(guest.root, "tmp/f")).uid).toBe(guest.uidBase + 1000);
    const entry = await stat(client, "/tmp/f");
    expect([entry.text(Tag.USER), entry.text(Tag.GROUP)]).toEqual(["agent", "agent"]);
    expect(await sh(client, "echo $HOME")).toBe("/home/agent\n");
  });

  test("replaces a file at its end only, and goes through a link", async () => {
    const { client } = await start(tier);
    await sh(client, "cd /tmp; echo before > f; ln -s f link; ln -s /tmp/sub/new dangling; ln -s loop loop");
    const stream = openWrite(client, "/tmp/link");
    stream.data("after\n");
    await stream.reply();
    expect(await sh(client, "cat /tmp/f")).toBe("before\n");
    await sendTo(stream, "");
    expect(await sh(client, "cat /tmp/f; readlink /tmp/link")).toBe("after\nf\n");
    await writeFile(client, "/tmp/dangling", "made\n");
    expect(await sh(client, "cat /tmp/sub/new")).toBe("made\n");
    expect(await codeOf(writeFile(client, "/tmp/loop", ""))).toBe("BAD_PATH");
  });

  test("what is no file is not replaced", async () => {
    const { client } = await start(tier);
    await sh(client, "mkfifo /tmp/fifo");
    expect(await codeOf(writeFile(client, "/tmp", ""))).toBe("IS_A_DIRECTORY");
    expect(await codeOf(writeFile(client, "/tmp/", ""))).toBe("IS_A_DIRECTORY");
    expect(await codeOf(writeFile(client, "/tmp/new/", ""))).toBe("IS_A_DIRECTORY");
    expect(await codeOf(writeFile(client, "/tmp/..", ""))).toBe("BAD_PATH");
    for (const append of [false, true]) {
      expect(await codeOf(writeFile(client, "/dev/null", "", { append }))).toBe("UNSUPPORTED");
      expect(await codeOf(writeFile(client, "/tmp/fifo", "", { append }))).toBe("UNSUPPORTED");
    }
    expect(await codeOf(writeFile(client, "/etc/passwd/x", ""))).toBe("NOT_A_DIRECTORY");
  });

  test("appends", async () => {
    const { client } = await start(tier);
    expect(await writeFile(client, "/tmp/log", "one\n", { append: true, mode: 0o600 })).toBe(4);
    expect(await writeFile(client, "/tmp/log", "two\n", { append: true })).toBe(4);
    expect(await sh(client, "cat /tmp/log; stat -c '%U %a' /tmp/log")).toBe("one\ntwo\nagent 600\n");
  });

  test("given up midway leaves what was there, and nothing else", async () => {
    const { guest, client } = await start(tier);
    await sh(client, "echo before > /tmp/f");
    const other = await guest.connect();
    const reset = openWrite(client, "/tmp/f");
    const gone = openWrite(other, "/tmp/f");
    for (const stream of [reset, gone]) {
      stream.data("after");
      await stream.reply();
    }
    expect(readdirSync(join(guest.root, "tmp"))).toHaveLength(3);
    reset.send(Type.RESET);
    await reset.end();
    other.close();
    await eventually(() => readdirSync(join(guest.root, "tmp")).length === 1, "only the file is left");
    expect(await readFile(client, "/tmp/f")).toBe("before\n");
  });

  test("a rollback ends it, and leaves nothing", async () => {
    const { guest, client } = await start(tier);
    const stream = openWrite(client, "/tmp/f");
    stream.data("after");
    await stream.reply();
    await client.open(Verb.ROLLBACK, new FieldWriter().text(Tag.ID, "snap")).end();
    await expect(stream.end()).rejects.toThrow(/^ROLLED_BACK/);
    expect(readdirSync(join(guest.root, "tmp"))).toEqual([]);
  });
});
