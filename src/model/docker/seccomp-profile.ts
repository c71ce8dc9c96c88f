import { COMMON_CALLS, OLDER_CALLS } from "./known-calls";

/**
 * Lists what every process of a container may ask of the kernel, the guest and `docker exec` too. The guest's own
 * filter comes on top for commands. Docker 20.10's own profile lets io_uring and vsock pass.
 *
 * It lists what is allowed: a call that a newer kernel adds gives ENOSYS until it was judged. An engine whose libseccomp is
 * older than a name here ignores the name, so that this call gives ENOSYS too, for which programs have a way around.
 */
export function seccompProfile(): string {
  return JSON.stringify({
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: ENOSYS,
    // Docker 20.10 does not know the line above. Told the architecture, its runc answers ENOSYS to every number above the
    // last that its libseccomp has a name for. No second architecture: int 0x80 and x32 are killed.
    archMap: ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"].map((architecture) => ({ architecture, subArchitectures: [] })),
    syscalls: [
      { names: [...OLDER_CALLS, ...COMMON_CALLS].filter((name) => !SPECIAL.has(name)), action: "SCMP_ACT_ALLOW" },
      { names: DENIED, action: "SCMP_ACT_ERRNO", errnoRet: EPERM },
      { names: ABSENT, action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS },
      // Without a flag for a namespace; with one below. CLONE_NEWTIME is clone3's alone, whose flags are in memory, which a
      // filter can't read: libraries fall back to clone.
      allow("clone", masked(0, sum(NAMESPACE_FLAGS), 0)),
      ...NAMESPACE_FLAGS.map((flag) => deny("clone", EPERM, masked(0, flag, flag))),
      allow("socket", int(0, UNIX)),
      ...[INET, INET6].flatMap((family) => [
        ...PROTOCOLS.map((protocol) => allow("socket", int(0, family), int(2, protocol))),
        ...FOREIGN_PROTOCOLS.map((protocol) => deny("socket", EPROTONOSUPPORT, int(0, family), int(2, protocol))),
      ]),
      ...OTHER_FAMILIES.map((family) => deny("socket", EAFNOSUPPORT, int(0, family))),
      // The bound on core files stays; who lowers it is told that he did (guest/src/guest/seccomp-rules.c).
      ...RESOURCES.filter((resource) => resource !== CORE).flatMap((resource) => [
        allow("setrlimit", int(0, resource)),
        allow("prlimit64", int(1, resource)),
      ]),
      deny("setrlimit", 0, int(0, CORE)),
      deny("prlimit64", 0, int(1, CORE), { index: 2, value: 0, op: "SCMP_CMP_NE" }),
      allow("prlimit64", int(1, CORE), { index: 2, value: 0, op: "SCMP_CMP_EQ" }),
    ],
  });
}

interface Condition {
  index: number;
  value: number;
  valueTwo?: number;
  op: "SCMP_CMP_EQ" | "SCMP_CMP_NE" | "SCMP_CMP_MASKED_EQ";
}

function allow(name: string, ...args: Condition[]) {
  return { names: [name], action: "SCMP_ACT_ALLOW", args };
}

function deny(name: string, errnoRet: number, ...args: Condition[]) {
  return { names: [name], action: "SCMP_ACT_ERRNO", errnoRet, args };
}

function masked(index: number, mask: number, value: number): Condition {
  return { index, value: mask, valueTwo: value, op: "SCMP_CMP_MASKED_EQ" };
}

/** The kernel takes the lower half of an int alone, whatever the other one says. */
function int(index: number, value: number): Condition {
  return masked(index, 0xffff_ffff, value);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const EPERM = 1;
const ENOSYS = 38;
const EPROTONOSUPPORT = 93;
const EAFNOSUPPORT = 97;

/** NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NAMESPACE_FLAGS = [0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000];

const [UNIX, INET, INET6] = [1, 2, 10];
/** Up to the last one that Linux has. */
const OTHER_FAMILIES = Array.from({ length: 46 }, (_, family) => family).filter(
  (family) => ![0, UNIX, INET, INET6].includes(family),
);
/** The family's own, ICMP (of ping), TCP, UDP, ICMPv6. */
const PROTOCOLS = [0, 1, 6, 17, 58];
/** SCTP, UDP-Lite, MPTCP: they slip past rules that are written for TCP and UDP. */
const FOREIGN_PROTOCOLS = [132, 136, 262];

/** RLIMIT_CPU to RLIMIT_RTTIME. */
const RESOURCES = Array.from({ length: 16 }, (_, resource) => resource);
const CORE = 4;

/** By what they reach: modules and boot, time, mounts and namespaces, other processes, keys, tracing, rings, raw devices. */
const DENIED = [
  ...["init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "acct", "syslog"],
  ...["clock_settime", "clock_adjtime", "settimeofday", "adjtimex", "swapon", "swapoff", "quotactl", "quotactl_fd"],
  ...["mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "fsopen", "fsconfig", "fsmount", "fspick"],
  ...["open_tree", "open_tree_attr", "move_mount", "mount_setattr", "statmount", "listmount"],
  ...["open_by_handle_at", "name_to_handle_at", "fanotify_init"],
  ...["ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd"],
  ...["add_key", "request_key", "keyctl", "bpf", "perf_event_open", "userfaultfd", "lookup_dcookie", "personality"],
  ...["io_uring_setup", "io_uring_enter", "io_uring_register", "iopl", "ioperm", "mbind", "move_pages"],
  ...["set_mempolicy", "get_mempolicy", "migrate_pages", "sethostname", "setdomainname", "vhangup", "nfsservctl"],
];

/** Known, and not there for anybody: docs/security.md says why. */
const ABSENT = ["clone3", "io_setup", "memfd_secret", "modify_ldt"];

/** Calls that are not simply allowed. */
const SPECIAL = new Set([...DENIED, ...ABSENT, "clone", "socket", "setrlimit", "prlimit64"]);
