import { execFileSync } from "node:child_process";
import { constants } from "node:os";
import { describe, expect, test } from "vitest";
import { run, TestGuest, TIERS } from "./harness";

const { EPERM, EINVAL, ENOSYS, EAFNOSUPPORT, EPROTONOSUPPORT } = constants.errno;
const PROTOCOLS = /^socket-(mptcp|udplite|sctp|raw)/;
/** Kernels without the module answer as the filter does: nothing is proven about it there. */
const NO_CONTROL = [
  "socket-alg",
  "socket-vsock",
  "socket-udplite",
  "socket-udplite-high",
  "absent-sysfs",
  "unknown-470",
  "unknown-high",
  "unknown-gap",
];
/** Denied only where the sandbox has no IPC and pid namespace of its own. */
const SHARED = /^(ipc|clock)-/;

/** What the filter answers. */
function expected(name: string): string {
  if (name === "int80" || name === "x32") return "killed";
  if (PROTOCOLS.test(name)) return String(EPROTONOSUPPORT);
  const byKind = { clone3: ENOSYS, absent: ENOSYS, unknown: ENOSYS, core: 0, clock: EINVAL, socket: EAFNOSUPPORT };
  return String(byKind[name.split("-")[0] as keyof typeof byKind] ?? EPERM);
}

const verdicts = (text: string): [string, string][] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.split(" ") as [string, string]);

/** It proves that each call is denied with these arguments, not that no other way leads to the same. */
describe.each(TIERS)("the filter on %s", (tier) => {
  test("denies what it lists, to every user", async () => {
    const guest = await TestGuest.start({ tier });
    const client = await guest.connect();
    const probe = guest.probe("denied");
    for (const user of tier === "nspawn" ? ["agent", "root"] : ["agent"]) {
      const found = verdicts((await run(client, [probe], { user })).out);
      expect(found.length).toBeGreaterThan(85);
      const judged = found.filter(([name]) => tier === "chroot" || !SHARED.test(name));
      expect(judged).toEqual(judged.map(([name]) => [name, expected(name)]));
    }
  });

  test("keeps the bound on core files at one byte for who lowers it, and tells him that it is done", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const script =
      "import resource as r; L = lambda: print(*r.getrlimit(r.RLIMIT_CORE)); L(); r.setrlimit(r.RLIMIT_CORE, (0, 0)); L(); " +
      "r.prlimit(0, r.RLIMIT_CORE, (0, 0)); L(); r.setrlimit(r.RLIMIT_NOFILE, (99, 99)); print(*r.getrlimit(r.RLIMIT_NOFILE))";
    const result = await run(client, ["python3", "-c", script]);
    expect(result).toMatchObject({ out: "1 1\n1 1\n1 1\n99 99\n", err: "", exitCode: 0 });
  });

  test("leaves the clocks of oneself, of one's threads, and of the machine", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const script =
      "import time, threading as t; c = time.clock_gettime; c(time.CLOCK_PROCESS_CPUTIME_ID); c(time.CLOCK_THREAD_CPUTIME_ID); " +
      "c(time.CLOCK_MONOTONIC_RAW); c(time.pthread_getcpuclockid(t.main_thread().ident)); print(c(-6) > 0)";
    expect(await run(client, ["python3", "-c", script])).toMatchObject({ out: "True\n", err: "", exitCode: 0 });
  });

  test("lets an ordinary program through", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const script =
      "import socket, threading, subprocess, os, multiprocessing; a, b = socket.socketpair(); a.send(b'x'); " +
      "s = socket.create_server(('127.0.0.1', 0)) if os.path.exists('/none') else socket.socket(); s.close(); " +
      "socket.socket(type=socket.SOCK_DGRAM).close(); socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).close(); " +
      "t = threading.Thread(target=lambda: None); t.start(); t.join(); os.mkfifo('/tmp/fifo'); " +
      "print(subprocess.run(['echo', 'child'], capture_output=True).stdout)";
    expect(await run(client, ["python3", "-c", script])).toMatchObject({ out: "b'child\\n'\n", err: "", exitCode: 0 });
  });
});

test("positive control: outside, as root, the kernel answers every one of these calls otherwise", () => {
  const found = verdicts(execFileSync("guest/build/test/denied", { encoding: "utf8" }));
  const same = found.filter(([name, verdict]) => verdict === expected(name) && !NO_CONTROL.includes(name));
  expect(same).toEqual([]);
});

test("System V and POSIX IPC and the clocks of others work where the sandbox has namespaces of its own", async () => {
  const guest = await TestGuest.start({ tier: "nspawn" });
  const found = verdicts((await run(await guest.connect(), [guest.probe("denied")])).out);
  const shared = found.filter(([name]) => SHARED.test(name));
  expect(shared).toHaveLength(8);
  expect(shared.filter(([name, verdict]) => verdict === expected(name))).toEqual([]);
});
