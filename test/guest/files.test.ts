import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EntryKind, StatFlag, Tag, Verb } from "../../src/model/protocol";
import { at, call, codeOf, list, readFile, sh, start, stat, writeFile } from "./file-calls";
import { pause, run, TIERS } from "./harness";

describe.each(TIERS)("LIST and STAT on %s", (tier) => {
  test("tell of each entry what it is, down to a depth", async () => {
    const { client } = await start(tier);
    await sh(client, "mkdir -p /tmp/t/a/b; cd /tmp/t; echo 12345 > f; chmod 600 f; ln -s ../f a/link; mkfifo a/b/pipe");
    const names = async (depth?: number): Promise<unknown> =>
      (await list(client, "/tmp/t/", depth)).map((entry) => entry.text(Tag.PATH)).sort();
    expect(await names()).toEqual(["/tmp/t/a", "/tmp/t/f"]);
    expect(await names(2)).toEqual(["/tmp/t/a", "/tmp/t/a/b", "/tmp/t/a/link", "/tmp/t/f"]);
    expect(await names(9)).toContain("/tmp/t/a/b/pipe");
    const entries = await list(client, "/tmp/t", 3);
    const told = (name: string, tags: number[]): unknown[] => {
      const entry = entries.find((one) => one.text(Tag.NAME) === name)!;
      return tags.map((tag) => entry.number(tag));
    };
    expect(told("f", [Tag.KIND, Tag.SIZE, Tag.MODE, Tag.UID, Tag.GID])).toEqual([1, 6, 0o600, 1000, 1000]);
    expect(["a", "link", "pipe"].map((name) => told(name, [Tag.KIND])[0])).toEqual([2, 3, 4]);
    expect(entries.find((one) => one.text(Tag.NAME) === "link")!.text(Tag.TARGET)).toBe("../f");
    expect([entries[0]!.text(Tag.USER), entries[0]!.text(Tag.GROUP)]).toEqual(["agent", "agent"]);
    expect(await codeOf(list(client, "/etc/passwd"))).toBe("NOT_A_DIRECTORY");
    expect(await codeOf(list(client, "/none"))).toBe("NOT_FOUND");
    expect(await codeOf(list(client, "/tmp", 0))).toBe("BAD_REQUEST");
    expect((await list(client, "/")).map((entry) => entry.text(Tag.PATH))).toContain("/etc");
  });

  test("of 5,000 files come whole, also to a client that reads late", async () => {
    const { client } = await start(tier);
    await sh(
      client,
      "mkdir /tmp/many; cd /tmp/many; seq -f 'a-file-with-a-name-of-some-length-%05g' 5000 | xargs touch",
    );
    const stream = client.open(Verb.LIST, at("/tmp/many"));
    client.socket.pause();
    await pause(100);
    client.socket.resume();
    await stream.end();
    expect(new Set(stream.events.map((event) => event.nested(Tag.ENTRY)[0]!.text(Tag.NAME))).size).toBe(5_000);
  });

  test("names may hold any byte", async () => {
    const { client } = await start(tier);
    const name = Buffer.from("a\nb\xff\x01 '\"", "latin1");
    await run(client, ["/usr/bin/perl", "-e", 'open(F, ">", "/tmp/a\\nb\\xff\\x01 \'\\"") or die; print F "odd"']);
    const [entry] = await list(client, "/tmp");
    expect(entry!.bytes(Tag.NAME)!.equals(name)).toBe(true);
    expect(await readFile(client, Buffer.concat([Buffer.from("/tmp/"), name]))).toBe("odd");
  });

  test("a last link is followed, or not", async () => {
    const { client } = await start(tier);
    await sh(client, "echo x > /tmp/f; ln -s f /tmp/link; ln -s none /tmp/broken");
    expect((await stat(client, "/tmp/link")).number(Tag.KIND)).toBe(EntryKind.FILE);
    const link = await stat(client, "/tmp/link", StatFlag.NO_FOLLOW);
    expect([link.number(Tag.KIND), link.text(Tag.TARGET), link.text(Tag.NAME)]).toEqual([3, "f", "link"]);
    expect(await codeOf(stat(client, "/tmp/broken"))).toBe("NOT_FOUND");
    expect((await stat(client, "/tmp/broken", StatFlag.NO_FOLLOW)).text(Tag.TARGET)).toBe("none");
    expect((await stat(client, "/")).text(Tag.NAME)).toBe("/");
  });
});

describe.each(TIERS)("changes on %s", (tier) => {
  test("REMOVE takes a file, a link, a directory with all in it", async () => {
    const { guest, client } = await start(tier);
    await sh(
      client,
      "cd /tmp; mkdir -p keep d/a/b; touch keep/f d/f d/a/b/f; ln -s /tmp/keep d/a/link; ln -s keep link",
    );
    await sh(client, "mkfifo /tmp/d/fifo; chmod 0 /tmp/d/a");
    await call(client, Verb.REMOVE, "/tmp/d");
    await call(client, Verb.REMOVE, "/tmp/link");
    expect(readdirSync(join(guest.root, "tmp"))).toEqual(["keep"]);
    expect(readdirSync(join(guest.root, "tmp/keep"))).toEqual(["f"]);
    expect(await codeOf(call(client, Verb.REMOVE, "/tmp/d"))).toBe("NOT_FOUND");
    expect(await codeOf(call(client, Verb.REMOVE, "/"))).toBe("BAD_PATH");
    expect(await codeOf(call(client, Verb.REMOVE, "/tmp/keep/.."))).toBe("BAD_PATH");
  });

  test("REMOVE takes a tree that is deeper than any path, and wide, while others go on", async () => {
    const { guest, client } = await start(tier);
    const deep = 'mkdir("t"); chdir("t"); for (1..3000) { mkdir("deeper-down"); chdir("deeper-down") or die; }';
    await run(client, ["/usr/bin/perl", "-e", deep], { cwd: "/tmp" });
    await sh(client, "cd /tmp/t; mkdir wide; cd wide; seq 3000 | xargs mkdir; seq -f '%g/f' 3000 | xargs touch");
    const removing = call(client, Verb.REMOVE, "/tmp/t");
    expect(await sh(client, "echo others go on")).toBe("others go on\n");
    await removing;
    expect(readdirSync(join(guest.root, "tmp"))).toEqual([]);
  });

  test("RENAME replaces a file, and nothing else", async () => {
    const { client } = await start(tier);
    await sh(client, "cd /tmp; mkdir d e; echo 1 > f; echo 2 > g");
    await call(client, Verb.RENAME, "/tmp/f", "/tmp/g");
    expect(await sh(client, "cat /tmp/g; ls /tmp")).toBe("1\nd\ne\ng\n");
    await call(client, Verb.RENAME, "/tmp/d", "/tmp/h");
    expect(await codeOf(call(client, Verb.RENAME, "/tmp/g", "/tmp/e"))).toBe("EXISTS");
    expect(await codeOf(call(client, Verb.RENAME, "/tmp/h", "/tmp/e"))).toBe("EXISTS");
    expect(await codeOf(call(client, Verb.RENAME, "/tmp/h", "/tmp/h/below"))).toBe("BAD_PATH");
    expect(await codeOf(call(client, Verb.RENAME, "/tmp/none", "/tmp/x"))).toBe("NOT_FOUND");
    expect(await codeOf(call(client, Verb.RENAME, "/tmp/g", "/none/x"))).toBe("NOT_FOUND");
    expect(await codeOf(call(client, Verb.RENAME, "/tmp/g"))).toBe("BAD_REQUEST");
  });

  test("MKDIR makes a directory and its parents, and says whether it did", async () => {
    const { client } = await start(tier);
    const made = async (path: string, mode?: number): Promise<number | undefined> =>
      (await client.open(Verb.MKDIR, at(path).number(Tag.MODE, mode)).end()).number(Tag.FLAGS);
    await sh(client, "echo > /tmp/f; mkdir /tmp/real; ln -s real /tmp/link");
    expect(await made("/tmp/x/../y/./z/", 0o700)).toBe(1);
    expect(await made("/tmp/y/z")).toBe(0);
    expect(await made("/tmp/link/below")).toBe(1);
    expect(await made("/")).toBe(0);
    expect(await sh(client, "cd /tmp; stat -c '%n %U %a' x y y/z real/below")).toBe(
      "x agent 755\ny agent 755\ny/z agent 700\nreal/below agent 755\n",
    );
    expect(await codeOf(made("/tmp/f"))).toBe("EXISTS");
    expect(await codeOf(made("/tmp/f/below"))).toBe("NOT_A_DIRECTORY");
  });

  test("a path of 4,095 bytes is one, a longer one is refused", async () => {
    const { guest, client } = await start(tier);
    const path = `/tmp/${"d".repeat(200).concat("/").repeat(20)}${"f".repeat(70)}`;
    expect(path).toHaveLength(4_095);
    await writeFile(client, path, "deep");
    expect(await readFile(client, path)).toBe("deep");
    expect((await list(client, "/tmp", 99)).map((entry) => entry.text(Tag.PATH))).toContain(path);
    expect(await codeOf(readFile(client, `${path}f`))).toBe("BAD_PATH");
    expect(await codeOf(writeFile(client, `/tmp/${"n".repeat(256)}`, ""))).toBe("BAD_PATH");
    await call(client, Verb.REMOVE, `/tmp/${"d".repeat(200)}`);
    expect(existsSync(join(guest.root, `tmp/${"d".repeat(200)}`))).toBe(false);
  });
});
