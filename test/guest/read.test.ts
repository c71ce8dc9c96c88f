import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { FieldWriter } from "../../src/model/fields";
import { Channel, EntryKind, Tag, Verb } from "../../src/model/protocol";
import { at, BIG, codeOf, readFile, sh, start, writeFile } from "./file-calls";
import { pause, TIERS } from "./harness";

describe.each(TIERS)("READ on %s", (tier) => {
  test("gives a file's bytes, or a part, after what it is", async () => {
    const { client } = await start(tier);
    await sh(client, "printf 'one two three' > /tmp/f; chmod 640 /tmp/f; : > /tmp/empty");
    const stream = client.open(Verb.READ, at("/tmp/f"));
    await stream.end();
    expect(stream.out.toString()).toBe("one two three");
    const told = [Tag.KIND, Tag.SIZE, Tag.MODE].map((tag) => stream.replied!.number(tag));
    expect(told).toEqual([EntryKind.FILE, 13, 0o640]);
    expect(Math.abs(stream.replied!.number(Tag.MTIME)! / 1e6 - Date.now())).toBeLessThan(60_000);
    const part = (offset: number, size: number): FieldWriter =>
      at("/tmp/f").number(Tag.OFFSET, offset).number(Tag.SIZE, size);
    expect(await readFile(client, "", part(4, 3))).toBe("two");
    expect(await readFile(client, "", part(4, 0))).toBe("");
    expect(await readFile(client, "", part(100, 3))).toBe("");
    expect(await readFile(client, "/tmp/empty")).toBe("");
  });

  test("reads files only: what else is there is named, and nothing blocks", async () => {
    const { client } = await start(tier);
    await sh(client, "mkfifo /tmp/fifo; ln -s fifo /tmp/to-fifo; ln -s self /tmp/self");
    await expect(readFile(client, "/tmp/fifo")).rejects.toThrow("UNSUPPORTED: /tmp/fifo: a named pipe, not a file");
    expect(await codeOf(readFile(client, "/tmp/to-fifo"))).toBe("UNSUPPORTED");
    expect(await codeOf(readFile(client, "/dev/zero"))).toBe("UNSUPPORTED");
    expect(await codeOf(readFile(client, "/tmp"))).toBe("IS_A_DIRECTORY");
    expect(await codeOf(readFile(client, "/tmp/self"))).toBe("BAD_PATH");
    await expect(readFile(client, "/none")).rejects.toThrow("NOT_FOUND: /none: No such file or directory");
    expect(await codeOf(readFile(client, "/etc/passwd/x"))).toBe("NOT_A_DIRECTORY");
    expect(await codeOf(readFile(client, "etc/passwd"))).toBe("BAD_PATH");
    expect(await codeOf(readFile(client, "/etc/\0"))).toBe("BAD_PATH");
    expect(await codeOf(client.open(Verb.READ).end())).toBe("BAD_REQUEST");
  });

  test("a reader who stops reading gets its credit and no more, and holds up nobody", async () => {
    const { client } = await start(tier);
    await writeFile(client, "/tmp/big", BIG);
    const stream = client.open(Verb.READ, at("/tmp/big"));
    stream.reads = false;
    await stream.until(() => stream.outBytes === 262_144, "its credit");
    expect(await sh(client, "echo others go on")).toBe("others go on\n");
    await pause(50);
    expect(stream.outBytes).toBe(262_144);
    stream.reads = true;
    stream.credit(Channel.OUT, 262_144);
    await stream.end();
    expect(stream.out.equals(BIG)).toBe(true);
  });

  test("leads nowhere but below the root", async () => {
    const { guest, client } = await start(tier);
    const outside = join(guest.root, "..", "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "secret"), "of the machine");
    symlinkSync(outside, join(guest.root, "tmp/out"));
    symlinkSync(`${"../".repeat(12)}${outside}`, join(guest.root, "tmp/up"));
    symlinkSync("/etc/passwd", join(guest.root, "tmp/own"));
    for (const path of ["/tmp/out/secret", "/tmp/up/secret", "/../outside/secret", "/tmp/../../outside/secret"])
      expect([path, await codeOf(readFile(client, path))]).toEqual([path, "NOT_FOUND"]);
    expect(await readFile(client, "/tmp/own")).toContain("agent:x:");
    expect(readFileSync(join(guest.root, "tmp/out/secret"), "utf8")).toBe("of the machine");
  });
});
