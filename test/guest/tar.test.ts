import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Channel, Type, Verb } from "../../src/model/protocol";
import { makeTar, type MadeEntry } from "../images/tar-maker";
import type { RawClient } from "./client";
import { at, codeOf, sendTo, unpack } from "./file-calls";
import { eventually, pause, run, TestGuest, TIERS } from "./harness";

const LONG = `${"long-directory-name/".repeat(12)}${"n".repeat(120)}`;

let here: string;
beforeAll(() => {
  here = mkdtempSync("/var/tmp/sandstack-tar-");
  makeTree(join(here, "tree"));
});
afterAll(() => rmSync(here, { recursive: true }));

/** Something of everything that an archive is to carry. */
function makeTree(tree: string): void {
  mkdirSync(join(tree, "sub/empty"), { recursive: true });
  writeFileSync(join(tree, "sub/f"), "deep", { mode: 0o640 });
  writeFileSync(join(tree, "big"), Buffer.alloc(300_001, "0123456789abcdef\n"));
  writeFileSync(join(tree, "none"), "");
  writeFileSync(join(tree, "run"), "#!/bin/sh\n");
  chmodSync(join(tree, "run"), 0o6755);
  writeFileSync(join(tree, "odd \n'name\""), "odd");
  symlinkSync("sub/f", join(tree, "link"));
  symlinkSync("/usr/bin/env", join(tree, "absolute"));
  symlinkSync("t".repeat(300), join(tree, "sub/long-link"));
  linkSync(join(tree, "big"), join(tree, "sub/same"));
  mkdirSync(join(tree, LONG, ".."), { recursive: true });
  writeFileSync(join(tree, LONG), "far");
  utimesSync(join(tree, "sub/f"), 1_000_000_000.5, 1_000_000_000.5);
}

/** What is in a tree, in one form for both sides. */
function describeTree(tree: string, modes = true): string[] {
  return readdirSync(tree, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const path = join(tree, name);
      const info = lstatSync(path);
      if (info.isSymbolicLink()) return `${name} -> ${readlinkSync(path)}`;
      const mode = modes ? (info.mode & 0o777).toString(8) : "";
      if (info.isDirectory()) return `${name}/ ${mode}`;
      return `${name} ${mode} ${info.mtimeMs} ${readFileSync(path, "latin1")}`;
    });
}

async function pack(client: RawClient, path: string): Promise<Buffer> {
  const stream = client.open(Verb.TAR_OUT, at(path));
  await stream.end();
  return stream.out;
}

const tar = (...args: string[]): Buffer => execFileSync("tar", args, { maxBuffer: 1 << 26 });

describe.each(TIERS)("an archive on %s", (tier) => {
  test.each(["pax", "gnu", "oldgnu", "posix"])("of tar --format=%s is unpacked", async (format) => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    const tree = join(here, "tree");
    const bytes = await unpack(client, tar("-c", `--format=${format}`, "-f", "-", "-C", tree, "."));
    expect(bytes).toBe(300_001 + 4 + 10 + 3 + 3);
    // GNU's own formats know whole seconds only.
    const seconds = (lines: string[]): string[] => lines.map((line) => line.replace(/ (\d{10})\d{3}(\.\d+)? /, " $1 "));
    const inside = join(guest.root, "tmp/in");
    if (format.includes("gnu")) expect(seconds(describeTree(inside))).toEqual(seconds(describeTree(tree)));
    else expect(describeTree(inside)).toEqual(describeTree(tree));
    expect(lstatSync(join(inside, "sub/same")).ino).toBe(lstatSync(join(inside, "big")).ino);
    const owners = new Set(
      readdirSync(inside, { recursive: true, encoding: "utf8" }).map((name) => lstatSync(join(inside, name)).uid),
    );
    expect([...owners]).toEqual([guest.uidBase + 1000]);
    expect(lstatSync(join(inside, "run")).mode & 0o7777).toBe(0o755);
  });

  test("that the guest packs is one for tar, and for the guest", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    await unpack(client, tar("-c", "--format=pax", "-f", "-", "-C", join(here, "tree"), "."));
    const packed = await pack(client, "/tmp/in");
    const out = mkdtempSync(join(here, "out-"));
    execFileSync("tar", ["-x", "-f", "-", "-C", out], { input: packed });
    expect(describeTree(out)).toEqual(describeTree(join(here, "tree")));
    const ids = tar("--numeric-owner", "-tvf", writeTo("packed.tar", packed)).toString();
    expect(ids).toMatch(/^-rw-r----- 1000\/1000 +4 2001-09-09/m);
    await unpack(client, packed, "/tmp/again");
    expect(describeTree(join(guest.root, "tmp/again"))).toEqual(describeTree(join(here, "tree")));
  });

  test("of one file, of nothing", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    await run(client, ["/bin/sh", "-c", "echo x > /tmp/f; mkdir /tmp/empty"]);
    expect(tar("-tf", writeTo("one.tar", await pack(client, "/tmp/f"))).toString()).toBe("f\n");
    expect(await pack(client, "/tmp/empty")).toEqual(Buffer.alloc(1024));
    expect(await codeOf(pack(client, "/dev/null"))).toBe("UNSUPPORTED");
    expect(await codeOf(pack(client, "/none"))).toBe("NOT_FOUND");
  });

  test("pipes, sockets and devices are left out", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    await run(client, ["/bin/sh", "-c", "mkdir /tmp/t; mkfifo /tmp/t/fifo; echo x > /tmp/t/f"]);
    await run(client, [
      "/usr/bin/perl",
      "-MIO::Socket::UNIX",
      "-e",
      "IO::Socket::UNIX->new(Local => '/tmp/t/s', Listen => 1)",
    ]);
    expect(tar("-tf", writeTo("plain.tar", await pack(client, "/tmp/t"))).toString()).toBe("f\n");
    expect(tar("-tf", writeTo("dev.tar", await pack(client, "/dev"))).toString()).not.toContain("null");
  });
});

function writeTo(name: string, bytes: Buffer): string {
  writeFileSync(join(here, name), bytes);
  return join(here, name);
}

describe("unpacking", () => {
  test("leaves directories that were there as they were, and replaces files and links, not what they lead to", async () => {
    const guest = await TestGuest.start();
    const client = await guest.connect();
    await run(client, [
      "/bin/sh",
      "-c",
      "cd /tmp; mkdir -m 711 in in/d; echo old > victim; ln -s /tmp/victim in/d/f; echo old > in/d/g",
    ]);
    const entries: MadeEntry[] = [
      { path: "./", type: "5", mode: 0o700 },
      { path: "d/", type: "5", mode: 0o700 },
      { path: "d/f", content: "new" },
      { path: "d/g", type: "2", link: "f" },
      { path: "new/", type: "5", mode: 0o700 },
    ];
    await unpack(client, makeTar(entries));
    const mode = (path: string): number => statSync(join(guest.root, "tmp", path)).mode & 0o7777;
    expect([mode("in"), mode("in/d"), mode("in/new")]).toEqual([0o711, 0o711, 0o700]);
    expect(readFileSync(join(guest.root, "tmp/victim"), "utf8")).toBe("old\n");
    expect(readFileSync(join(guest.root, "tmp/in/d/g"), "utf8")).toBe("new");
  });

  test("what comes in single bytes is put together; what is not for us is skipped", async () => {
    const guest = await TestGuest.start();
    const client = await guest.connect();
    const archive = makeTar([
      { path: "pax_global_header", type: "g", content: "16 comment=hello\n".repeat(40) },
      {
        path: "short",
        content: "content",
        pax: { path: "by/pax", mtime: "12.5", "SCHILY.xattr.user.x": "\0", uname: "x" },
      },
    ]);
    const stream = client.open(Verb.TAR_IN, at("/tmp/in"));
    for (let i = 0; i < archive.length; i++) stream.data(archive.subarray(i, i + 1));
    await sendTo(stream, "");
    expect(readdirSync(join(guest.root, "tmp/in"))).toEqual(["by"]);
    expect(statSync(join(guest.root, "tmp/in/by/pax")).mtimeMs).toBe(12_500);
  });

  test("given up midway leaves no half a file", async () => {
    const guest = await TestGuest.start();
    const client = await guest.connect();
    const stream = client.open(Verb.TAR_IN, at("/tmp/in"));
    stream.data(
      makeTar([
        { path: "whole", content: "x" },
        { path: "half", content: "y".repeat(10_000) },
      ]).subarray(0, 5_000),
    );
    await stream.reply();
    await eventually(() => readdirSync(join(guest.root, "tmp/in")).length === 2, "both begun");
    stream.send(Type.RESET);
    await stream.end();
    expect(readdirSync(join(guest.root, "tmp/in"))).toEqual(["whole"]);
  });
});

describe("packing", () => {
  test("stops with a client that stops reading, and goes on with it", async () => {
    const client = await (await TestGuest.start()).connect();
    await run(client, [
      "/bin/sh",
      "-c",
      "mkdir /tmp/t; cd /tmp/t; for i in 1 2 3 4 5 6 7 8; do head -c 400000 /dev/zero > $i; done",
    ]);
    const stream = client.open(Verb.TAR_OUT, at("/tmp/t"));
    stream.reads = false;
    await stream.until(() => stream.outBytes === 262_144, "its credit");
    expect((await run(client, ["echo", "others go on"])).out).toBe("others go on\n");
    await pause(50);
    expect(stream.outBytes).toBe(262_144);
    stream.credit(Channel.OUT, 100);
    await stream.until(() => stream.outBytes === 262_244, "what it gave");
    stream.reads = true;
    stream.credit(Channel.OUT, 262_144);
    await stream.end();
    expect(tar("-tf", writeTo("eight.tar", stream.out)).toString().split("\n")).toHaveLength(9);
  });

  test("a file that shrinks or grows meanwhile does not break the archive", async () => {
    const client = await (await TestGuest.start()).connect();
    await run(client, [
      "/bin/sh",
      "-c",
      "mkdir /tmp/t; cd /tmp/t; head -c 3000000 /dev/zero | tr '\\0' x > f; echo after > g",
    ]);
    const stream = client.open(Verb.TAR_OUT, at("/tmp/t"));
    stream.reads = false;
    await stream.until(() => stream.outBytes === 262_144, "its credit");
    await run(client, ["/bin/sh", "-c", "cd /tmp/t; : > f; head -c 100000 /dev/zero >> g"]);
    stream.reads = true;
    stream.credit(Channel.OUT, 262_144);
    await stream.end();
    const listed = tar("-tvf", writeTo("shrunk.tar", stream.out)).toString();
    expect(listed).toMatch(/ 3000000 .* f\n/);
    expect(listed).toMatch(/ g\n/);
  });
});
