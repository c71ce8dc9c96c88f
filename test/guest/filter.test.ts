import { execFileSync } from "node:child_process";
import { constants } from "node:os";
import { describe, expect, test } from "vitest";
import { run, TestGuest, TIERS } from "./harness";

const { EPERM, ENOSYS, EAFNOSUPPORT, EPROTONOSUPPORT } = constants.errno;
const PROTOCOLS = ["socket-mptcp", "socket-mptcp-flags", "socket-sctp", "socket-raw"];
/** Kernels without the module answer as the filter does: nothing is proven about it there. */
const NO_CONTROL = ["socket-alg", "socket-vsock"];

/** What the filter answers. */
function expected(name: string): string {
  if (name === "clone3") return String(ENOSYS);
  if (name === "int80" || name === "x32") return "killed";
  if (PROTOCOLS.includes(name)) return String(EPROTONOSUPPORT);
  return String(name.startsWith("socket-") ? EAFNOSUPPORT : EPERM);
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
      expect(found.length).toBeGreaterThan(70);
      const judged = found.filter(([name]) => tier === "chroot" || !name.startsWith("ipc-"));
      expect(judged).toEqual(judged.map(([name]) => [name, expected(name)]));
    }
  });

  test("lets an ordinary program through", async () => {
    const client = await (await TestGuest.start({ tier })).connect();
    const script =
      "import socket, threading, subprocess, os, multiprocessing; a, b = socket.socketpair(); a.send(b'x'); " +
      "s = socket.create_server(('127.0.0.1', 0)) if os.path.exists('/none') else socket.socket(); s.close(); " +
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

test("System V and POSIX IPC work where the sandbox has a namespace of its own", async () => {
  const guest = await TestGuest.start({ tier: "nspawn" });
  const found = verdicts((await run(await guest.connect(), [guest.probe("denied")])).out);
  const ipc = found.filter(([name]) => name.startsWith("ipc-"));
  expect(ipc).toHaveLength(4);
  expect(ipc.filter(([, verdict]) => verdict === String(EPERM))).toEqual([]);
});
