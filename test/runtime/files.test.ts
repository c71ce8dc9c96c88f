import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sandbox, type FilesystemEvent } from "../../runtime";
import { statePath } from "../../src/model/state-dir";
import { LOCAL_TIERS } from "../../src/model/tier";
import { sleep, until } from "../support/until";

// Not proven: that a name swapped under a copy leads nowhere (test/isolation).

describe.each(LOCAL_TIERS)("files on %s", (tier) => {
  let sandbox: Sandbox;
  let here: string;
  beforeAll(async () => {
    sandbox = await Sandbox.create({ tier });
    here = mkdtempSync(statePath("files-"));
  });
  afterAll(async () => {
    await sandbox.kill();
    rmSync(here, { recursive: true });
  });
  const sh = async (script: string) => (await sandbox.commands.run(script)).stdout;
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => "none",
      (error: { code: string }) => error.code,
    );

  it("are written from any view of bytes, of which the bytes that it shows", async () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    for (const [view, shown] of [
      [new Uint16Array(bytes.buffer, 2, 2), [3, 4, 5, 6]],
      [new DataView(bytes.buffer, 1, 3), [2, 3, 4]],
      [new Float64Array(bytes.buffer), [...bytes]],
      [bytes.buffer, [...bytes]],
    ] as const) {
      await sandbox.files.write("/tmp/view", view);
      expect([...(await sandbox.files.read("/tmp/view", { format: "bytes" }))]).toEqual(shown);
    }
  });

  it("stay as they were where what is written turns out to be no data", async () => {
    await sandbox.files.write("/tmp/kept", "old");
    const odd = async function* () {
      await Promise.resolve();
      yield "new ";
      yield { a: 1 } as never;
    };
    await expect(sandbox.files.write("/tmp/kept", odd())).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: "data: an object is not valid.",
    });
    await expect(sandbox.files.write("/tmp/kept", [104, 105] as never)).rejects.toThrow(
      "data: [104,105] is not valid.",
    );
    await expect(sandbox.files.write([{ path: "/tmp/kept", data: "x" }, { a: 1 } as never])).rejects.toThrow(
      "files[1].path: undefined is not valid.",
    );
    expect(await sandbox.files.read("/tmp/kept")).toBe("old");
  });

  it("are written as text, bytes, Blob or stream, and read as each of them", async () => {
    const text = "grüße\n";
    const bodies = { text, bytes: Buffer.from(text), blob: new Blob([text]), web: new Blob([text]).stream() };
    for (const [name, data] of Object.entries({ ...bodies, node: Readable.from([Buffer.from(text)]) })) {
      const path = `/home/agent/made/here/${name}`;
      expect(await sandbox.files.write(path, data)).toEqual({ name, path, type: "file" });
      expect(await sh(`cat ${path}`)).toBe(text);
      expect(await sandbox.files.read(path)).toBe(text);
      expect(Buffer.from(await sandbox.files.read(path, { format: "bytes" })).toString()).toBe(text);
      expect(await (await sandbox.files.read(path, { format: "blob" })).text()).toBe(text);
      expect(await new Response(await sandbox.files.read(path, { format: "stream" })).text()).toBe(text);
    }
  });

  it("are written several at once, also empty ones", async () => {
    const written = await sandbox.files.write([
      { path: "/tmp/m1", data: "1" },
      { path: "/tmp/m2", data: "" },
    ]);
    expect(written.map(({ path }) => path)).toEqual(["/tmp/m1", "/tmp/m2"]);
    expect(await sh("cat /tmp/m1; wc -c < /tmp/m2")).toBe("10\n");
    expect(await sandbox.files.read("/tmp/m2")).toBe("");
  });

  it("belong to agent with 0644, or as is said", async () => {
    await sandbox.files.write("/tmp/plain", "x");
    await sandbox.files.write("/tmp/tool", "#!/bin/sh\necho ran\n", { mode: 0o755 });
    expect(await sh("stat -c '%U %a' /tmp/plain; /tmp/tool")).toBe("agent 644\nran\n");
  });

  it("of 64 MiB stream in and out in pieces", async () => {
    const size = 64 << 20;
    async function* zeros() {
      for (let i = 0; i < 64; i++) yield await Promise.resolve(Buffer.alloc(1 << 20, i));
    }
    await sandbox.files.write("/tmp/large", Readable.from(zeros()));
    expect((await sandbox.files.getInfo("/tmp/large")).size).toBe(size);
    let read = 0;
    for await (const piece of await sandbox.files.read("/tmp/large", { format: "stream" })) {
      expect(piece[0]).toBe(Math.floor(read / (1 << 20)));
      read += piece.length;
    }
    expect(read).toBe(size);
    await sandbox.files.remove("/tmp/large");
  });

  it("are read no faster than their reader reads", async () => {
    await sh("head -c 8000000 /dev/zero > /tmp/slow");
    const reader = (await sandbox.files.read("/tmp/slow", { format: "stream" })).getReader();
    await reader.read();
    await sleep(50);
    expect(await sh("echo meanwhile")).toBe("meanwhile\n");
    await reader.cancel();
    expect(await sandbox.files.exists("/tmp/slow")).toBe(true);
  });

  it("whose write is cut off leave what was there", async () => {
    await sandbox.files.write("/tmp/whole", "before");
    const before = await sh("ls -A /tmp");
    async function* broken() {
      yield await Promise.resolve("after");
      throw new Error("the source broke");
    }
    await expect(sandbox.files.write("/tmp/whole", broken())).rejects.toThrow("the source broke");
    const controller = new AbortController();
    const stuck = new Readable({ read: () => {} });
    stuck.push("after");
    const writing = sandbox.files.write("/tmp/whole", stuck, { signal: controller.signal });
    await sleep(20);
    controller.abort();
    expect(await codeOf(writing)).toBe("ABORTED");
    expect(await sandbox.files.read("/tmp/whole")).toBe("before");
    expect(await sh("ls -A /tmp")).toBe(before);
  });

  it("are listed, to a depth", async () => {
    await sh(
      "mkdir -p /tmp/tree/a/b; echo 12345 > /tmp/tree/f; chmod 600 /tmp/tree/f; ln -s ../f /tmp/tree/a/link; touch /tmp/tree/a/b/deep",
    );
    const one = await sandbox.files.list("/tmp/tree");
    expect(one.map(({ name }) => name).sort()).toEqual(["a", "f"]);
    expect(one.find(({ name }) => name === "f")).toMatchObject({
      ...{ path: "/tmp/tree/f", type: "file", size: 6, mode: 0o600, permissions: "rw-------" },
      ...{ owner: "agent", group: "agent" },
    });
    const modified = one.find(({ name }) => name === "f")?.modifiedTime.getTime() ?? 0;
    expect(Math.abs(Date.now() - modified)).toBeLessThan(60_000);
    const two = await sandbox.files.list("/tmp/tree", { depth: 2 });
    expect(two.map(({ path }) => path).sort()).toEqual([
      "/tmp/tree/a",
      "/tmp/tree/a/b",
      "/tmp/tree/a/link",
      "/tmp/tree/f",
    ]);
    expect(two.find(({ name }) => name === "link")).toMatchObject({ type: "symlink", symlinkTarget: "../f" });
  });

  it("are asked for, moved, removed", async () => {
    expect(await sandbox.files.exists("/tmp/x")).toBe(false);
    expect(await sandbox.files.exists("/etc/passwd/x")).toBe(false);
    expect(await sandbox.files.makeDir("/tmp/x/y")).toBe(true);
    expect(await sandbox.files.makeDir("/tmp/x/y")).toBe(false);
    await sandbox.files.write("/tmp/x/y/f", "f");
    expect(await sandbox.files.rename("/tmp/x/y/f", "/tmp/x/g")).toMatchObject({ name: "g", type: "file", size: 1 });
    expect(await sandbox.files.getInfo("/tmp/x")).toMatchObject({ name: "x", type: "dir" });
    await sandbox.files.remove("/tmp/x");
    expect(await sandbox.files.exists("/tmp/x")).toBe(false);
  });

  it("tell what is wrong with a path", async () => {
    const { files } = sandbox;
    expect(await codeOf(files.read("/none"))).toBe("NOT_FOUND");
    expect(await codeOf(files.read("/tmp"))).toBe("IS_A_DIRECTORY");
    expect(await codeOf(files.list("/etc/passwd"))).toBe("NOT_A_DIRECTORY");
    expect(await codeOf(files.remove("/none"))).toBe("NOT_FOUND");
    expect(await codeOf(files.read("relative"))).toBe("BAD_PATH");
    expect(await codeOf(files.read("/tmp/\0x"))).toBe("INVALID_OPTION");
    expect(await codeOf(files.write(`/${"x/".repeat(3_000)}`, "x"))).toBe("BAD_PATH");
    await expect(files.read("/none")).rejects.toThrow(/\/none/);
  });

  it("behind a link that leads out are the sandbox's own", async () => {
    writeFileSync(join(here, "secret"), "of the host");
    await sh(`ln -sfn ${here} /tmp/out; ln -sfn ../../../../../../../..${here} /tmp/up`);
    for (const link of ["/tmp/out", "/tmp/up"])
      expect(await codeOf(sandbox.files.read(`${link}/secret`))).toBe("NOT_FOUND");
    expect(await codeOf(sandbox.files.read("/../../../../../../../.." + join(here, "secret")))).toBe("NOT_FOUND");
  });

  it("are watched, below too, until the watch stops", async () => {
    await sandbox.files.makeDir("/tmp/watched/below");
    const events: FilesystemEvent[] = [];
    const flat: FilesystemEvent[] = [];
    const all = await sandbox.files.watchDir("/tmp/watched", (event) => void events.push(event), { recursive: true });
    const one = await sandbox.files.watchDir("/tmp/watched", (event) => void flat.push(event));
    await sh(
      "cd /tmp/watched; echo x > f; chmod 600 f; mv f g; rm g; echo x > below/deep; mkdir new; sleep 0.05; echo x > new/er",
    );
    const seen = (type: string, name: string) => () =>
      events.some((event) => event.type === type && event.name === name);
    for (const [type, name] of [
      ...[
        ["create", "f"],
        ["write", "f"],
        ["chmod", "f"],
        ["rename", "f"],
        ["rename", "g"],
        ["remove", "g"],
      ],
      ...[
        ["create", "below/deep"],
        ["create", "new"],
        ["write", "new/er"],
      ],
    ] as [string, string][])
      await until(`${type} of ${name} in ${JSON.stringify(events)}`, 10_000, seen(type, name));
    // The two watches tell independently of each other: this one may come a moment later.
    await until("f in the flat watch", 10_000, () => flat.some(({ name }) => name === "f"));
    expect(flat.map(({ name }) => name)).not.toContain("below/deep");
    all.stop();
    one.stop();
    const before = events.length;
    await sh("touch /tmp/watched/late");
    await sleep(50);
    expect(events).toHaveLength(before);
  });

  it("of a directory are copied in and out whole", async () => {
    mkdirSync(join(here, "in/sub"), { recursive: true });
    writeFileSync(join(here, "in/sub/f"), "deep", { mode: 0o640 });
    writeFileSync(join(here, "in/run"), "#!/bin/sh\necho copied\n", { mode: 0o755 });
    symlinkSync("sub/f", join(here, "in/link"));
    await sandbox.files.copyIn(join(here, "in"), "/home/agent/in");
    expect(await sh("in/run; cat in/link; stat -c %U in/sub/f")).toBe("copied\ndeepagent\n");
    await sandbox.files.copyOut("/home/agent/in", join(here, "out"));
    expect(readFileSync(join(here, "out/sub/f"), "utf8")).toBe("deep");
    expect(readlinkSync(join(here, "out/link"))).toBe("sub/f");
    await sandbox.files.copyIn(join(here, "in/run"), "/tmp/one");
    expect(await sh("/tmp/one")).toBe("copied\n");
    await sandbox.files.copyOut("/tmp/one", join(here, "one"));
    expect(readFileSync(join(here, "one"), "utf8")).toContain("copied");
    await expect(sandbox.files.copyIn(join(here, "none"), "/tmp/none")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(sandbox.files.copyOut("/tmp/none", join(here, "none"))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("copied out belong to us, without set-user-id and without a way through a link", async () => {
    writeFileSync(join(here, "target"), "untouched");
    await sh(
      `mkdir evil; cp /bin/sh evil/sh; chmod 6755 evil/sh; ln -s ${here} evil/way; ln -s ${join(here, "target")} evil/file`,
    );
    await sandbox.files.copyOut("/home/agent/evil", join(here, "evil"));
    const copied = statSync(join(here, "evil/sh"));
    expect([copied.uid, copied.mode & 0o7000]).toEqual([process.getuid?.(), 0]);
    expect(readlinkSync(join(here, "evil/way"))).toBe(here);
    expect(readFileSync(join(here, "target"), "utf8")).toBe("untouched");
  });
});
