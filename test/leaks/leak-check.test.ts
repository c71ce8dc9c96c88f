import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { runDir, statePath } from "../../src/model/state-dir";
import { findLeaks, photograph, withLeakCheck } from "../support/leak-check";
import { listProcesses } from "../support/leaks/processes";

// What every end-to-end test leans on: that the check sees each kind of thing a sandbox could leave.
// It does not prove that the check sees what was there before it looked.

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** What the check says after `plant`, which registers its own removal. */
async function leaksOf(plant: () => void | Promise<void>): Promise<string[]> {
  const before = photograph();
  await plant();
  return findLeaks(before, photograph());
}

function sh(script: string): string {
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).trim();
}

function waitFor<T>(look: () => T): T {
  for (;;) {
    const seen = look();
    if (seen) return seen;
  }
}

/** A process that outlives its parent, so that init (or who stands in for it) takes it over. */
function plantOrphan(command: string): void {
  const pid = Number(sh(`setsid ${command} >/dev/null 2>&1 </dev/null & echo $!`));
  undo.push(() => process.kill(pid, "SIGKILL"));
}

function listen(path: string): Promise<void> {
  return new Promise((resolve) => {
    const server: Server = createServer().listen(path, resolve);
    undo.push(() => new Promise((closed) => server.close(closed)));
  });
}

describe("the leak check sees", () => {
  it("a child of the test", async () => {
    const leaks = await leaksOf(() => {
      const child: ChildProcess = spawn("sleep", ["4201"]);
      undo.push(() => child.kill("SIGKILL"));
    });
    expect(leaks).toEqual([expect.stringMatching(/^process: .*sleep 4201$/)]);
  });

  it("an orphan", async () => {
    const leaks = await leaksOf(() => plantOrphan("sleep 4202"));
    expect(leaks).toEqual([expect.stringMatching(/^process: .*sleep 4202$/)]);
  });

  it("a zombie", async () => {
    const parent = `process.stdout.write(String(require("child_process").spawn("true").pid) + "\\n"); for (;;);`;
    const leaks = await leaksOf(async () => {
      const child = spawn(process.execPath, ["-e", parent]);
      undo.push(() => child.kill("SIGKILL"));
      const pid = Number(await new Promise((resolve) => child.stdout.once("data", resolve)));
      waitFor(() => sh(`cat /proc/${pid}/stat`).includes(") Z "));
    });
    expect(leaks).toContainEqual(expect.stringMatching(/^zombie: .*\(true\)$/));
  });

  it("a mount", async () => {
    const point = mkdtempSync("/var/tmp/sandstack-leak-");
    undo.push(() => rmdirSync(point));
    const leaks = await leaksOf(() => {
      sh(`mount -t tmpfs planted ${point}`);
      undo.push(() => sh(`umount ${point}`));
    });
    expect(leaks).toEqual([expect.stringContaining(`mount: ${point} (tmpfs planted`)]);
  });

  it("a network namespace, by the process or the mount that holds it", async () => {
    const name = join(runDir(), "leak-net");
    writeFileSync(name, "");
    undo.push(() => rmSync(name));
    const leaks = await leaksOf(() => {
      plantOrphan("unshare -n sleep 4203");
      const holder = waitFor(() => [...listProcesses().values()].find((p) => p.command === "sleep 4203"))?.pid;
      sh(`mount --bind /proc/${holder}/ns/net ${name}`);
      undo.push(() => sh(`umount ${name}`));
    });
    expect(leaks).toContainEqual(expect.stringMatching(/^network namespace: net:\[/));
    expect(leaks).toContainEqual(expect.stringContaining(`mount: ${name} (nsfs nsfs`));
  });

  it("a pair of network links", async () => {
    const leaks = await leaksOf(() => {
      sh("ip link add leak-a type veth peer name leak-b");
      undo.push(() => sh("ip link del leak-a"));
    });
    expect(leaks.sort()).toEqual(["network link: leak-a", "network link: leak-b"]);
  });

  it("a loop device", async () => {
    const file = join(mkdtempSync(statePath("leak-")), "disk");
    undo.push(() => rmSync(join(file, ".."), { recursive: true }));
    writeFileSync(file, "");
    truncateSync(file, 1 << 20);
    const leaks = await leaksOf(() => {
      const device = sh(`losetup --find --show ${file}`);
      undo.push(() => sh(`losetup --detach ${device}`));
    });
    expect(leaks).toEqual([expect.stringMatching(/^loop device: \/dev\/loop\d+ on .*\/disk$/)]);
  });

  it("a cgroup, in each hierarchy", async () => {
    const roots = sh("awk '$3 ~ /^cgroup/ { print $2 }' /proc/self/mounts").split("\n");
    const planted = roots.map((root) => join(root, "sandstack-leak"));
    const leaks = await leaksOf(() => {
      for (const path of planted) {
        mkdirSync(path);
        undo.push(() => rmdirSync(path));
      }
    });
    expect(leaks.sort()).toEqual(planted.map((path) => `cgroup: ${path}`).sort());
  });

  it("an abstract socket and one with a path", async () => {
    const path = join(runDir(), "leak.sock");
    const leaks = await leaksOf(async () => {
      await listen("\0sandstack-leak");
      await listen(path);
    });
    expect(leaks.sort()).toEqual([`file: ${path}`, `unix socket: ${path}`, "unix socket: @sandstack-leak"].sort());
  });

  it("System V shared memory, semaphores and message queues", async () => {
    const leaks = await leaksOf(() => {
      for (const [make, remove] of [
        ["-M 4096", "-m"],
        ["-S 1", "-s"],
        ["-Q", "-q"],
      ]) {
        const id = sh(`ipcmk ${make}`).replace(/\D+/, "");
        undo.push(() => sh(`ipcrm ${remove} ${id}`));
      }
    });
    expect(leaks.map((leak) => leak.replace(/-?\d+/g, "N")).sort()).toEqual([
      "ipc: msg key N id N",
      "ipc: sem key N id N",
      "ipc: shm key N id N",
    ]);
  });

  it("a POSIX message queue", async () => {
    const leaks = await leaksOf(() => {
      const inQueues = (command: string) => sh(`unshare -m sh -c 'mount -t mqueue none /mnt && ${command}'`);
      inQueues("touch /mnt/sandstack-leak");
      undo.push(() => inQueues("rm /mnt/sandstack-leak"));
    });
    expect(leaks).toEqual(["ipc: mqueue /sandstack-leak"]);
  });

  it.each(["/dev/shm/sandstack-leak", "/run/sandstack-leak", "/tmp/sandstack-leak", "/var/tmp/sandstack-leak"])(
    "the file %s",
    async (path) => {
      const leaks = await leaksOf(() => {
        closeSync(openSync(path, "wx"));
        undo.push(() => rmSync(path));
      });
      expect(leaks).toEqual([`file: ${path}`]);
    },
  );

  it("a record without an end, a uid range, a name, a layer; and not an ended record or an image", async () => {
    const plant = (...parts: string[]) => {
      mkdirSync(statePath(...parts), { recursive: true });
      undo.push(() => rmSync(statePath(...parts), { recursive: true }));
    };
    const leaks = await leaksOf(() => {
      plant("sandboxes", "sbx-000000000001");
      plant("sandboxes", "sbx-000000000002");
      writeFileSync(statePath("sandboxes", "sbx-000000000002", "ended.json"), "{}");
      plant("uids", "leak");
      plant("names", "leak");
      plant("layers", "sbx-000000000001.0");
      plant("images", "leak");
    });
    const left = ["sandboxes/sbx-000000000001", "uids/leak", "names/leak", "layers/sbx-000000000001.0"];
    expect(leaks.sort()).toEqual(left.map((path) => `file: ${statePath(path)}`).sort());
  });
});

describe("withLeakCheck", () => {
  it("passes what the body gives when nothing is left", async () => {
    expect(await withLeakCheck(() => 7)).toBe(7);
  });

  it("waits for what is just going", async () => {
    await withLeakCheck(() => void spawn("sleep", ["0.3"]));
  });

  it("throws with what stays", async () => {
    const path = join(runDir(), "stays");
    undo.push(() => rmSync(path));
    await expect(withLeakCheck(() => writeFileSync(path, ""), 300)).rejects.toThrow(
      `left on this machine:\n  file: ${path}`,
    );
  });
});
