import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { bytesOf } from "../../src/model/byte-text";
import { statePath } from "../../src/model/state-dir";
import type { TierName } from "../../src/model/tier";
import { makerOf } from "./making";

/** No UTF-8, as ISO 8859-1 has it. */
const ODD = "caf\udce9.txt";
/** The content of a tree after a copy, links with what they say, as the copy's own side sees it. */
const LISTING = ["a", "hard", "sub/b", "sub/up -> ../../../../../../../../etc/hostname", "z", "zlink -> /nowhere"];
const DEEP_LINK = "../../../../../../../../etc/hostname";

/** Prints the same of a directory, names as Python writes their bytes. */
const LIST = `
import os, sys
for top, dirs, files in os.walk(os.fsencode(sys.argv[1])):
    for name in dirs + files:
        path = os.path.join(top, name)
        shown = os.path.relpath(path, os.fsencode(sys.argv[1]))
        if os.path.islink(path): print(ascii(shown + b" -> " + os.readlink(path))[2:-1])
        elif os.path.isfile(path): print(ascii(shown)[2:-1])
`;

/** Copies of directories are as `cp -a` makes them: what can't go is named, and all else is there. */
export function copiesTreesOf(name: TierName): void {
  const make = makerOf(name);
  let here: string;
  beforeEach(() => void (here = mkdtempSync(statePath("trees-"))));
  afterEach(() => rmSync(here, { recursive: true }));

  it("in: a pipe and a socket are named at the end, links are as they were, and all else is there", async () => {
    const { sandbox } = await make();
    const tree = join(here, "tree");
    mkdirSync(join(tree, "sub"), { recursive: true });
    for (const file of ["a", "sub/b", "z"]) writeFileSync(join(tree, file), file);
    symlinkSync(DEEP_LINK, join(tree, "sub/up"));
    symlinkSync("/nowhere", join(tree, "zlink"));
    execFileSync("ln", [join(tree, "a"), join(tree, "hard")]);
    execFileSync("mkfifo", [join(tree, "pipe")]);
    execFileSync("python3", ["-c", `import socket; socket.socket(socket.AF_UNIX).bind("${join(tree, "sock")}")`]);
    const failure: unknown = await sandbox.files.copyIn(tree, "/tmp/tree").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "INCOMPLETE" });
    expect((failure as Error).message.split("\n").slice(1).sort()).toEqual([
      "  pipe: a named pipe",
      "  sock: socket ignored",
    ]);
    const { stdout } = await sandbox.commands.run(["python3", "-c", LIST, "/tmp/tree"]);
    expect(stdout.trimEnd().split("\n").sort()).toEqual(LISTING);
    expect((await sandbox.commands.run("cat /tmp/tree/z; stat -c %h /tmp/tree/hard")).stdout).toBe("z2\n");
  });

  it("in: what is in the way is named, and all else is there", async () => {
    const { sandbox } = await make();
    mkdirSync(join(here, "tree"));
    for (const file of ["a", "b", "c"]) writeFileSync(join(here, "tree", file), file);
    await sandbox.commands.run("mkdir -p /tmp/way/b");
    const failure: unknown = await sandbox.files.copyIn(join(here, "tree"), "/tmp/way").catch((e: unknown) => e);
    expect((failure as Error).message).toMatch(/\n {2}b: Is a directory$/);
    expect((await sandbox.commands.run("cat /tmp/way/a /tmp/way/c; ls /tmp/way")).stdout).toBe("aca\nb\nc\n");
  });

  it("out: a pipe and a socket are named at the end, links are as they were, and all else is there", async () => {
    const { sandbox } = await make();
    await sandbox.commands.run(
      `mkdir -p tree/sub; cd tree; for f in a sub/b z; do printf $f > $f; done; ln -s ${DEEP_LINK} sub/up; ln -s /nowhere zlink;
      ln a hard; mkfifo pipe; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'`,
    );
    const failure: unknown = await sandbox.files
      .copyOut("/home/agent/tree", join(here, "out"))
      .catch((e: unknown) => e);
    expect(failure).toMatchObject({ code: "INCOMPLETE" });
    expect((failure as Error).message.split("\n").slice(1).sort()).toEqual([
      "  pipe: a named pipe",
      "  sock: a socket",
    ]);
    const listed = execFileSync("python3", ["-c", LIST, join(here, "out")], { encoding: "utf8" });
    expect(listed.trimEnd().split("\n").sort()).toEqual(LISTING);
    expect(readFileSync(join(here, "out/z"), "utf8")).toBe("z");
    expect(readlinkSync(join(here, "out/sub/up"))).toBe(DEEP_LINK);
  });

  it("out: what is in the way here is named, and all else is there", async () => {
    const { sandbox } = await make();
    await sandbox.commands.run("mkdir tree; cd tree; for f in a b c; do printf $f > $f; done");
    mkdirSync(join(here, "out/b/full"), { recursive: true });
    const failure: unknown = await sandbox.files
      .copyOut("/home/agent/tree", join(here, "out"))
      .catch((e: unknown) => e);
    expect((failure as Error).message).toMatch(/\n {2}b: .*(directory|exists)/i);
    expect(readdirSync(join(here, "out")).sort()).toEqual(["a", "b", "c"]);
    expect(lstatSync(join(here, "out/c")).isFile()).toBe(true);
  });

  it("keep names that are no UTF-8, in and out, whatever the locale here is", async () => {
    const { sandbox } = await make();
    const tree = Buffer.concat([Buffer.from(`${here}/`), bytesOf("tr\udce9e")]);
    mkdirSync(tree);
    for (const name of [ODD, "é", "\udcff"]) writeFileSync(Buffer.concat([tree, Buffer.from("/"), bytesOf(name)]), "x");
    const locale = process.env["LC_ALL"];
    process.env["LC_ALL"] = "en_US.ISO-8859-1";
    try {
      await sandbox.files.copyIn(`${here}/tr\udce9e`, "/tmp/\udcff");
      const listed = await sandbox.commands.run(["python3", "-c", LIST, "/tmp/\udcff"], { envs: { PYTHONUTF8: "1" } });
      expect(listed.stdout.trimEnd().split("\n").sort()).toEqual(["\\xc3\\xa9", "\\xff", "caf\\xe9.txt"]);
      await sandbox.files.copyOut("/tmp/\udcff", `${here}/ou\udcff`);
      await sandbox.files.copyOut(`/tmp/\udcff/${ODD}`, `${here}/${ODD}`);
    } finally {
      if (locale === undefined) delete process.env["LC_ALL"];
      else process.env["LC_ALL"] = locale;
    }
    const out = readdirSync(bytesOf(`${here}/ou\udcff`), { encoding: "buffer" });
    expect(out.map((name) => name.toString("latin1")).sort()).toEqual(["caf\xe9.txt", "\xc3\xa9", "\xff"].sort());
    expect(existsSync(bytesOf(`${here}/${ODD}`))).toBe(true);
  });
}
