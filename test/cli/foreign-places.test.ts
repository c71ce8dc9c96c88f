import { spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Sandbox } from "../../runtime";
import { newSandboxId } from "../../src/model/id";
import { leakCheckEachTest } from "../support/leak-check";
import { sandstack } from "./cli";

// State and run directories that somebody else can change, and sockets that somebody else made. Who attacks is a process
// of uid 65534 without a capability. Not proven: each place that reads them; all ask stateDir() and runDir().

leakCheckEachTest();

const NOBODY = 65_534;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync("/var/tmp/sandstack-foreign-");
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

function place(name: string, { uid = 0, mode = 0o755 }: { uid?: number; mode?: number } = {}): string {
  const path = join(folder, name);
  mkdirSync(path);
  chownSync(path, uid, uid);
  chmodSync(path, mode);
  return path;
}

const CREATE = ["create", "--tier", "chroot", "--ttl", "30s"];
const HINT = "takes a directory of root that nobody else can write to, below directories like it; without it";

describe("a run directory", () => {
  test.each([
    ["that is somebody else's", { uid: NOBODY }, "belongs to uid 65534 (mode 0755)"],
    ["that others can write to", { mode: 0o777 }, "can be written by others (uid 0, mode 0777)"],
    ["that a group can write to", { mode: 0o775 }, "can be written by others (uid 0, mode 0775)"],
    ["that all share", { mode: 0o1777 }, "can be written by others (uid 0, mode 1777)"],
  ])("%s is refused, and nothing is put there", async (_, how, why) => {
    const run = place("run", how);
    const { code, stderr } = await sandstack(CREATE, { env: { SANDSTACK_RUN_DIR: run } });
    expect(stderr).toContain(`SANDSTACK_RUN_DIR: "${run}" is not safe: ${run} ${why}.`);
    expect(stderr).toContain(`SANDSTACK_RUN_DIR ${HINT} /run/sandstack is taken.`);
    expect([code, readdirSync(run)]).toEqual([2, []]);
  });

  test("below one that others can write to is refused, made already or not", async () => {
    const open = place("open", { mode: 0o777 });
    mkdirSync(join(open, "made"));
    for (const run of [join(open, "made"), join(open, "new")]) {
      const { code, stderr } = await sandstack(CREATE, { env: { SANDSTACK_RUN_DIR: run } });
      expect([code, stderr]).toEqual([2, expect.stringContaining(`${open} can be written by others`)]);
    }
    expect(existsSync(join(open, "new"))).toBe(false);
  });

  test("of root's own is taken, also behind a link of root's and below a sticky directory", async () => {
    symlinkSync(place("run"), join(folder, "link"));
    const env = { SANDSTACK_RUN_DIR: join(folder, "link") };
    const { code, stdout } = await sandstack(CREATE, { env });
    expect([code, readdirSync(join(folder, "run"))]).toEqual([0, [`${stdout.trim()}.sock`]]);
    expect(await sandstack(["exec", stdout.trim(), "--", "echo", "in"], { env })).toMatchObject({ stdout: "in\n" });
    expect(await sandstack(["kill", stdout.trim()], { env })).toMatchObject({ code: 0 });
  });
});

describe("a state directory", () => {
  test.each([[["ls"]], [["gc"]], [CREATE], [["image", "ls"]]])("of somebody else is refused by %j", async (command) => {
    const state = place("state", { uid: NOBODY });
    const { code, stderr } = await sandstack(command, { env: { SANDSTACK_STATE_DIR: state } });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(
        `SANDSTACK_STATE_DIR: "${state}" is not safe: ${state} belongs to uid 65534 (mode 0755).`,
      ),
    ]);
    expect(readdirSync(state)).toEqual([]);
  });

  test("of whoever called sudo is refused with the way out", async () => {
    const state = place("state", { uid: NOBODY });
    const env = { SANDSTACK_STATE_DIR: state, SUDO_UID: String(NOBODY), SUDO_USER: "nobody" };
    const { stderr } = await sandstack(["ls"], { env });
    expect(stderr).toContain(
      "Under sudo it must be root's: leave it out, or `sudo SANDSTACK_STATE_DIR=/var/lib/sandstack-nobody COMMAND`.",
    );
  });
});

/** Listens at a path as a user, and prints what it is told. */
const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
print("listening", flush=True)
c, _ = s.accept()
print("heard", len(c.recv(65536)), flush=True)
`;

async function listenAs(uid: number, path: string): Promise<{ heard(): boolean; stop(): Promise<void> }> {
  const child = spawn("/usr/bin/python3", ["-c", LISTENER, path], {
    uid,
    gid: uid,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve) =>
    child.stdout.on("data", (data: Buffer) => {
      said += data.toString();
      if (said.includes("listening")) resolve();
    }),
  );
  return {
    heard: () => said.includes("heard"),
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

const connectionTo = (path: string) => ({
  version: 1 as const,
  tier: "chroot" as const,
  id: newSandboxId(),
  owner: "o",
  address: { kind: "unix" as const, path },
});

describe("a client's secrets", () => {
  const attempt = (path: string) => Sandbox.connect(connectionTo(path)).catch((error: Error) => error);

  test.each([
    ["in a directory of its maker", () => place("theirs", { uid: NOBODY }), "belongs to uid 65534"],
    ["in one that all share", () => place("shared", { mode: 0o1777 }), "it belongs to uid 65534"],
  ])("are not told to another user's socket %s", async (_, where, why) => {
    const path = join(where(), "s.sock");
    const listener = await listenAs(NOBODY, path);
    try {
      expect(await attempt(path)).toMatchObject({
        code: "PERMISSION_DENIED",
        message: expect.stringContaining(`connection: the socket ${path} is not believed: `) as string,
      });
      expect(((await attempt(path)) as Error).message).toContain(why);
      expect(listener.heard()).toBe(false);
    } finally {
      await listener.stop();
    }
  });

  test("are told where the socket is root's: the same listener hears them", async () => {
    const path = join(place("shared", { mode: 0o1777 }), "s.sock");
    const listener = await listenAs(0, path);
    expect(await attempt(path)).toMatchObject({ code: "INTERNAL" });
    expect(listener.heard()).toBe(true);
    await listener.stop();
  });

  test("do not follow a link of another user to a socket of root's, nor go to an abstract name", async () => {
    const path = join(place("shared", { mode: 0o1777 }), "s.sock");
    symlinkSync(join(place("run"), "other.sock"), path);
    expect(await attempt(path)).toMatchObject({ code: "PERMISSION_DENIED", message: /it is no socket/ });
    for (const odd of ["\0abstract", "s.sock", ""]) {
      expect(await attempt(odd)).toMatchObject({ code: "INVALID_OPTION" });
    }
  });
});
