import type { Facts } from "./facts";

/** One attack: a program in `probes/`, what it is told, and where it must work for its failure to mean something. */
export interface Probe {
  /** What is attempted, for people. */
  name: string;
  program: string;
  args: (facts: Facts) => string[];
  /** `plain chroot`: as root in a bare chroot with /proc, /sys and /dev; `host`: as root, an ordinary process. */
  control: "plain chroot" | "host";
  /** Who runs the control, in a plain chroot; root without. */
  uid?: number;
  /** The proof holds the canary's text. */
  showsCanary?: true;
}

const probe = (name: string, program: string, args: Probe["args"] = () => []): Probe => ({
  name,
  program,
  args,
  control: "plain chroot",
});
const reads = (name: string, program: string, args: Probe["args"]): Probe => ({
  ...probe(name, program, args),
  showsCanary: true,
});

/** DESIGN's table of attacks, but for those that need a scene of their own (the other tests beside this file). */
export const PROBES: readonly Probe[] = [
  reads("fchdir out of a second chroot", "fchdir-chroot", (f) => [f.canaryPath]),
  { ...reads("a secret by its plain path", "read-file", (f) => [f.canaryPath]), control: "host" },
  { ...reads("a service's socket by its plain path", "unix-socket", (f) => [f.socketPath]), control: "host" },
  probe("environments of the host's processes", "proc-environ", (f) => [f.canaryText]),
  reads("a host process in /proc", "proc-pid", (f) => [String(f.sentinelPid), f.canaryText]),
  reads("/proc/<pid>/root", "proc-root", (f) => [f.canaryPath]),
  probe("kill(0) at a process with our uid's number", "signal", (f) => [String(f.sentinelPid)]),
  probe("kill(0) at process 1", "signal", () => ["1"]),
  probe("PTRACE_SEIZE of a host process", "ptrace", (f) => [String(f.sentinelPid)]),
  reads("process_vm_readv of a host process", "read-memory", (f) => [
    String(f.sentinelPid),
    f.sentinelAddress,
    f.canaryText,
  ]),
  { ...probe("prlimit of a host process", "prlimit", (f) => [String(f.sentinelPid)]), uid: 1000 },
  reads("mknod and open of a loop device", "device-node", (f) => ["7", String(f.loopMinor)]),
  probe("mount, old and new", "mount"),
  { ...probe("pivot_root", "pivot-root"), control: "host" },
  { ...probe("user namespace, then mount", "user-namespace"), control: "host" },
  probe("any new namespace", "namespaces"),
  reads("open_by_handle_at", "file-handle", (f) => [f.canaryHandle]),
  reads("abstract socket", "abstract-socket", (f) => [f.abstractName]),
  reads("TCP to the host's loopback", "tcp", (f) => ["tcp", "127.0.0.1", String(f.tcpPort)]),
  reads("MPTCP to the host's loopback", "tcp", (f) => ["mptcp", "127.0.0.1", String(f.tcpPort)]),
  reads("TCP fast open to the host's loopback", "tcp", (f) => ["fastopen", "127.0.0.1", String(f.tcpPort)]),
  reads("UDP to the host's loopback", "udp", (f) => ["127.0.0.1", String(f.udpPort)]),
  probe("raw socket", "socket", () => ["2", "3", "1"]),
  probe("packet socket", "socket", () => ["17", "3", "768"]),
  probe("vsock socket", "socket", () => ["40", "1", "0"]),
  probe("core_pattern, release_agent, uevent_helper", "open-for-writing", (f) => f.levers),
  probe("addresses in /proc/kallsyms", "kernel-addresses"),
  probe("the kernel's log", "kernel-log"),
  probe("keyring", "keyring"),
  probe("bpf", "bpf"),
  probe("perf_event_open", "perf"),
  probe("userfaultfd", "userfaultfd"),
  probe("io_uring", "io-uring"),
  probe("personality", "personality"),
  probe("reboot, wrong magic", "reboot"),
  ...(process.arch === "x64" ? [probe("denied calls by int 0x80 and x32", "foreign-abi")] : []),
  probe("system calls that nobody has judged", "unknown-calls"),
  probe("the bound on core files", "core-limit"),
  probe("what tells the command that a process comes from", "command-tag"),
  probe("the processor time of a host process", "process-clock", (f) => [String(f.sentinelPid)]),
  probe("what a pidfd tells of a host process", "pidfd-info", (f) => [String(f.sentinelPid)]),
  probe("triggers in /proc/pressure", "open-for-writing", () => ["/proc/pressure/memory", "/proc/pressure/cpu"]),
  probe("its own cgroup changed", "cgroup-change"),
  probe("asynchronous I/O, counted for the machine", "aio"),
  probe("200 terminals, of the machine's 3,072", "take-ptys", () => ["200"]),
  reads("the host's System V shared memory", "shared-memory", (f) => [String(f.shmKey)]),
  probe("the host's paths in mountinfo, one's own or process 1's", "mountinfo", (f) => [f.hostName]),
];
