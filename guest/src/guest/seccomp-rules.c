#include "seccomp-rules.h"
#include <errno.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define DENY(name) {.number = SYS_##name, .error = EPERM}
#define ALL 0xffffffffu
#define IS(a, m, ...) {.argument = a, .in = true, .mask = m, .count = COUNT(__VA_ARGS__), .values = {__VA_ARGS__}}
#define NOT(a, m, ...) {.argument = a, .in = false, .mask = m, .count = COUNT(__VA_ARGS__), .values = {__VA_ARGS__}}
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

/* Those with conditions first: all others are decided by the number alone, which the kernel caches. */
const struct rule seccomp_rules[] = {
    DENY_IF(clone, EPERM, NOT(0, NAMESPACES, 0)),
    DENY_IF(unshare, EPERM, NOT(0, NAMESPACES | CLONE_NEWTIME, 0)),
    DENY(setns),
    DENY_IF(socket, EAFNOSUPPORT, NOT(0, ALL, AF_UNIX, AF_INET, AF_INET6)),
    /* MPTCP and SCTP slip past rules that are written for TCP. */
    DENY_IF(socket, EPROTONOSUPPORT, IS(1, SOCKET_TYPE, SOCK_STREAM), NOT(2, ALL, 0, IPPROTO_TCP)),
    DENY_IF(socket, EPROTONOSUPPORT, NOT(1, SOCKET_TYPE, SOCK_STREAM, SOCK_DGRAM), NOT(0, ALL, AF_UNIX)),
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
#ifdef SYS_iopl
    DENY(iopl), DENY(ioperm),
#endif
};
const size_t seccomp_rule_count = sizeof seccomp_rules / sizeof *seccomp_rules;

const int seccomp_ipc[] = {
    SYS_shmget, SYS_shmat,  SYS_shmctl,  SYS_shmdt,     SYS_semget,       SYS_semop,           SYS_semctl,    SYS_semtimedop,
    SYS_msgget, SYS_msgsnd, SYS_msgrcv,  SYS_msgctl,    SYS_mq_open,      SYS_mq_unlink,       SYS_mq_timedsend,
    SYS_mq_timedreceive,    SYS_mq_notify, SYS_mq_getsetattr,
};
const size_t seccomp_ipc_count = sizeof seccomp_ipc / sizeof *seccomp_ipc;
