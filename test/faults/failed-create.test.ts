import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { Sandbox } from "../../runtime";
import { statePath } from "../../src/model/state-dir";
import { CLI, sandstack } from "../cli/cli";
import { leakCheckEachTest } from "../support/leak-check";
import { unmount } from "../support/unmount";

// A sandbox that could not be made leaves nothing half-made, and says what was wrong.

leakCheckEachTest();

describe("a create that fails", () => {
  it("for want of systemd-nspawn names it and how to get it", async () => {
    const path = mkdtempSync(statePath("path-"));
    try {
      for (const folder of ["/usr/local/bin", "/usr/bin", "/usr/sbin"]) {
        for (const name of readdirSync(folder)) {
          if (name !== "systemd-nspawn" && !existsSync(join(path, name)))
            symlinkSync(join(folder, name), join(path, name));
        }
      }
      const { code, stderr } = await sandstack(["run", "--tier", "nspawn", "--", "true"], { env: { PATH: path } });
      expect(code).toBe(1);
      expect(stderr).toMatch(/systemd-nspawn/);
      expect(stderr).toMatch(/systemd-container/);
    } finally {
      rmSync(path, { recursive: true });
    }
  });

  it.each<[string, string[], RegExp]>([
    ["a kernel that is too old", ["setarch", "--uname-2.6"], /This needs Linux 5\.19 or newer: .* this is 2\.6\./],
    ["a root that may not mount", ["setpriv", "--bounding-set=-sys_admin"], /This needs the capability CAP_SYS_ADMIN/],
  ])("for %s says so", (_, wrapper, complaint) => {
    const [program, ...args] = [...wrapper, process.execPath, CLI, "run", "--tier", "chroot", "--", "true"];
    const { status, stderr } = spawnSync(program ?? "", args, { encoding: "utf8" });
    expect(stderr).toMatch(complaint);
    expect(status).toBe(1);
  });

  it.each(["chroot", "nspawn"] as const)("%s: because its name is taken says whose it is", async (tier) => {
    const name = `taken-${tier}`;
    await using first = await Sandbox.create({ tier, name });
    const second = await sandstack(["create", "--tier", tier, "--name", name]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`"${name}"`);
    expect((await first.commands.run(["echo", "unharmed"])).stdout).toBe("unharmed\n");
  });

  it("finds a lock that its holder left behind free", async () => {
    writeFileSync(statePath("gc.lock"), "4194304 1");
    expect(await sandstack(["gc"])).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(statePath("gc.lock"))).toBe(false);
  });

  // From nothing free to nearly enough: the disk is full at another step of the making each time.
  it.each([0, 4, 8, 16, 32, 64])("on a full disk with %i KiB free", async (freeKiB) => {
    const state = mkdtempSync("/var/tmp/sandstack-full-");
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m,mode=755", "full", state]);
    try {
      symlinkSync(readlinkSync(statePath("images")), join(state, "images"));
      symlinkSync(statePath("guest"), join(state, "guest"));
      fill(join(state, "filler"), freeKiB);
      for (const tier of ["chroot", "nspawn"]) {
        const { code, stderr } = await sandstack(["run", "--tier", tier, "--", "true"], {
          env: { SANDSTACK_STATE_DIR: state },
        });
        expect(stderr).toMatch(code === 0 ? /^$/ : /no space|disk/i);
        rmSync(join(state, "filler"));
        expect(leftIn(state)).toEqual([]);
        fill(join(state, "filler"), freeKiB);
      }
    } finally {
      await unmount(state);
      rmSync(state, { recursive: true });
    }
  });
});

function fill(path: string, freeKiB: number): void {
  mkdirSync(join(path, ".."), { recursive: true });
  try {
    writeFileSync(path, Buffer.alloc(8 << 20));
  } catch {
    // it is full now, as wanted
  }
  execFileSync("truncate", ["--size", `-${freeKiB}K`, path]);
}

/** Everything below the shelves of a state directory, ended records excepted. */
function leftIn(state: string): string[] {
  return ["sandboxes", "names", "uids", "layers", "snapshots"].flatMap((shelf) => {
    const folder = join(state, shelf);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((path) => !existsSync(join(path, "ended.json")))
      .map((path) => `${shelf}/${basename(path)}`);
  });
}
