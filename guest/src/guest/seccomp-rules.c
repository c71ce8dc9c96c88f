#include "seccomp-rules.h"
#include <errno.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define DENY(name) {.number = SYS_##name, .error = EPERM}
/* Answers as a kernel does that was built without the call. */
#define ABSENT(name) {.number = SYS_##name, .error = ENOSYS}
#define ALL 0xffffffffu
#define IS(a, m, ...) {.argument = a, .in = true, .mask = m, .count = COUNT(__VA_ARGS__), .values = {__VA_ARGS__}}
#define NOT(a, m, ...) {.argument = a, .in = false, .mask = m, .count = COUNT(__VA_ARGS__), .values = {__VA_ARGS__}}
#define NOT_HIGH(a, m, ...) {.argument = a, .high = true, .in = false, .mask = m, .count = COUNT(__VA_ARGS__), .values = {__VA_ARGS__}}
#define COUNT(...) (sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))
#define DENY_IF(name, code, ...) {.number = SYS_##name, .error = code, .conditions = {__VA_ARGS__}}

enum {
    NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET,
    SOCKET_TYPE = 0xf, /* without SOCK_CLOEXEC and SOCK_NONBLOCK */
    /* Newer than the headers of Debian 12; the same number on every architecture. */
    SYS_statmount = 457,
    SYS_listmount = 458,
    SYS_open_tree_attr = 467,
};

/* Calls that were looked at and stay open to a payload: landlock_*, seccomp (they only take rights from the caller);
 * fcntl's F_SETOWN and F_SETSIG (the kernel asks whether the setter may signal the target; nginx can't start a worker
 * without); getpgid, getsid, getpriority, sched_get* of a process by number (shells and Python end a child's group by
 * it; on chroot they tell as much of a process of the machine); POSIX timers and flock. docs/security.md says the same
 * to people. */

/* Those with conditions first: all others are decided by the number alone, which the kernel caches. */
const struct rule seccomp_rules[] = {
    DENY_IF(clone, EPERM, NOT(0, NAMESPACES, 0)),
    DENY_IF(unshare, EPERM, NOT(0, NAMESPACES | CLONE_NEWTIME, 0)),
    DENY(setns),
    DENY_IF(socket, EAFNOSUPPORT, NOT(0, ALL, AF_UNIX, AF_INET, AF_INET6)),
    /* MPTCP and SCTP slip past rules that are written for TCP. */
    DENY_IF(socket, EPROTONOSUPPORT, IS(1, SOCKET_TYPE, SOCK_STREAM), NOT(2, ALL, 0, IPPROTO_TCP)),
    DENY_IF(socket, EPROTONOSUPPORT, NOT(1, SOCKET_TYPE, SOCK_STREAM, SOCK_DGRAM), NOT(0, ALL, AF_UNIX)),
    /* UDP-Lite past those for UDP. 1 is ping's ICMP, and AF_UNIX's own number. */
    DENY_IF(socket, EPROTONOSUPPORT, IS(1, SOCKET_TYPE, SOCK_DGRAM), NOT(2, ALL, 0, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6)),
    DENY_IF(socketpair, EAFNOSUPPORT, NOT(0, ALL, AF_UNIX)),
    /* Fast open connects without connect(2). */
    DENY_IF(sendto, EPERM, NOT(3, MSG_FASTOPEN, 0)),
    DENY_IF(sendmsg, EPERM, NOT(2, MSG_FASTOPEN, 0)),
    DENY_IF(sendmmsg, EPERM, NOT(3, MSG_FASTOPEN, 0)),
    DENY_IF(setsockopt, EPERM, IS(1, ALL, IPPROTO_TCP),
            IS(2, ALL, TCP_FASTOPEN, TCP_FASTOPEN_CONNECT, TCP_FASTOPEN_KEY, TCP_ULP)),
    /* Typing into the terminal of somebody else. */
    DENY_IF(ioctl, EPERM, IS(1, ALL, TIOCSTI, TIOCLINUX)),
    DENY_IF(personality, EPERM, NOT(0, ALL, 0, 0xffffffff)),
    DENY_IF(prlimit64, EPERM, NOT(0, ALL, 0)),
    /* The bound of one byte on core files (core-limit.h) stays. ssh-agent, gpg and others end where they can't set 0. */
    DENY_IF(setrlimit, 0, IS(0, ALL, RLIMIT_CORE)),
    DENY_IF(prlimit64, 0, IS(1, ALL, RLIMIT_CORE), NOT(2, ALL, 0)),
    DENY_IF(prlimit64, 0, IS(1, ALL, RLIMIT_CORE), NOT_HIGH(2, ALL, 0)),
    DENY_IF(mknodat, EPERM, NOT(2, S_IFMT, 0, S_IFREG, S_IFIFO, S_IFSOCK)),
#ifdef SYS_mknod
    DENY_IF(mknod, EPERM, NOT(1, S_IFMT, 0, S_IFREG, S_IFIFO, S_IFSOCK)),
#endif
    DENY(mount), DENY(umount2), DENY(pivot_root), DENY(open_tree), DENY(move_mount), DENY(fsopen), DENY(fsconfig),
    DENY(fsmount), DENY(fspick), DENY(mount_setattr), DENY(open_tree_attr), DENY(statmount), DENY(listmount),
    DENY(ptrace), DENY(process_vm_readv), DENY(process_vm_writev), DENY(kcmp), DENY(pidfd_getfd), DENY(process_madvise),
    DENY(add_key), DENY(request_key), DENY(keyctl), DENY(bpf), DENY(perf_event_open), DENY(userfaultfd),
    DENY(io_uring_setup), DENY(io_uring_enter), DENY(io_uring_register), DENY(fanotify_init),
    DENY(open_by_handle_at), DENY(name_to_handle_at), DENY(lookup_dcookie),
    DENY(kexec_load), DENY(kexec_file_load), DENY(init_module), DENY(finit_module), DENY(delete_module), DENY(reboot),
    DENY(swapon), DENY(swapoff), DENY(acct), DENY(quotactl), DENY(quotactl_fd), DENY(syslog), DENY(vhangup),
    DENY(settimeofday), DENY(clock_settime), DENY(sethostname), DENY(setdomainname),
    /* Contexts of asynchronous I/O are counted for the machine alone (fs.aio-max-nr), and one takes all. */
    ABSENT(io_setup),
    /* Memory that the kernel takes out of its own map, in pieces: all of the machine gets slower. */
    ABSENT(memfd_secret),
#ifdef __x86_64__
    DENY(iopl), DENY(ioperm),
    /* For 16-bit programs (Wine, DOS emulators), and the way into more than one hole of the kernel. */
    ABSENT(modify_ldt),
    /* Numbers of file systems, long since in /proc/filesystems. */
    ABSENT(sysfs),
#endif
};
const size_t seccomp_rule_count = sizeof seccomp_rules / sizeof *seccomp_rules;

/* A clock id below 0 names a process or thread by number, or a device by descriptor. The kernel gives a thread's clock to
 * its own process alone, but a process's to everybody; number 0 is one's own. Lost with it is one's own clock by number,
 * as clock_getcpuclockid(getpid()) gives it; CLOCK_PROCESS_CPUTIME_ID and clock_getcpuclockid(0) are the same clock. */
#define DENY_CLOCK(name) DENY_IF(name, EINVAL, IS(0, BY_NUMBER | OF_THREAD, BY_NUMBER), NOT(0, NUMBER, NUMBER))

enum { OF_THREAD = 4 };
#define BY_NUMBER 0x80000000u
#define NUMBER (~7u)

/* The type of ioctl that only pidfds have: what the kernel tells of a process, and its namespaces. */
enum { IOCTL_TYPE = 0xff00, PIDFS_TYPE = 0xff00 };

const struct rule seccomp_shared_rules[] = {
    DENY_CLOCK(clock_gettime), DENY_CLOCK(clock_getres), DENY_CLOCK(clock_nanosleep), DENY_CLOCK(timer_create),
    DENY_IF(ioctl, ENOTTY, IS(1, IOCTL_TYPE, PIDFS_TYPE)),
    DENY(shmget), DENY(shmat), DENY(shmctl), DENY(shmdt), DENY(semget), DENY(semop), DENY(semctl), DENY(semtimedop),
    DENY(msgget), DENY(msgsnd), DENY(msgrcv), DENY(msgctl), DENY(mq_open), DENY(mq_unlink), DENY(mq_timedsend),
    DENY(mq_timedreceive), DENY(mq_notify), DENY(mq_getsetattr),
};
const size_t seccomp_shared_rule_count = sizeof seccomp_shared_rules / sizeof *seccomp_shared_rules;
