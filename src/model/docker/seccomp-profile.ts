/**
 * What every process of a container may not ask of the kernel, the guest and `docker exec` too; the guest's own filter
 * comes on top for commands. Docker 20.10's own profile lets io_uring and vsock pass.
 */
export function seccompProfile(): string {
  return JSON.stringify({
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [
      { names: DENIED, action: "SCMP_ACT_ERRNO", errnoRet: EPERM },
      // Its flags are in memory, which a filter can't read: libraries fall back to clone.
      { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS },
      ...NAMESPACE_FLAGS.map((flag) => ({
        names: ["clone"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: EPERM,
        args: [{ index: 0, value: flag, valueTwo: flag, op: "SCMP_CMP_MASKED_EQ" }],
      })),
      ...FAMILIES.map((family) => ({
        names: ["socket"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: EAFNOSUPPORT,
        // The kernel takes its lower half alone, whatever the other one says.
        args: [{ index: 0, value: INT, valueTwo: family, op: "SCMP_CMP_MASKED_EQ" }],
      })),
    ],
  });
}

const INT = 0xffff_ffff;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** CLONE_NEWTIME is clone3's alone; the others: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NAMESPACE_FLAGS = [0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000];

/** All but UNIX (1), INET (2) and INET6 (10), up to the last one that Linux has. */
const FAMILIES = Array.from({ length: 46 }, (_, family) => family).filter((family) => ![0, 1, 2, 10].includes(family));

/** By what they reach: modules and boot, time, mounts and namespaces, other processes, keys, tracing, rings, raw devices. */
const DENIED = [
  ...["init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "acct", "syslog"],
  ...["clock_settime", "clock_adjtime", "settimeofday", "adjtimex", "swapon", "swapoff", "quotactl", "quotactl_fd"],
  ...["mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "fsopen", "fsconfig", "fsmount", "fspick"],
  ...["open_tree", "move_mount", "mount_setattr", "open_by_handle_at", "name_to_handle_at", "fanotify_init"],
  ...["ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd"],
  ...["add_key", "request_key", "keyctl", "bpf", "perf_event_open", "userfaultfd", "lookup_dcookie", "personality"],
  ...["io_uring_setup", "io_uring_enter", "io_uring_register", "iopl", "ioperm", "mbind", "move_pages"],
  ...["set_mempolicy", "get_mempolicy", "migrate_pages", "sethostname", "setdomainname", "vhangup", "nfsservctl"],
];
