/* Calls every system call that the filter denies, with arguments that do harm to nobody: where there is no filter they
 * are wrong, and the kernel says so. Prints "name errno" for each, 0 for success, or "name killed" for a dead child. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define BAD_ADDRESS 1L
#define HIGH 0x700000000L /* the kernel ignores the upper half of an int argument; the filter must as well */
#define PROCESS_CLOCK(pid) ((long)(~(unsigned)(pid) << 3 | 2))
#define PIDFD_GET_INFO 0xc040ff0bL
/* A limit that the kernel can't set: harmless where it is asked. */
static const struct rlimit impossible = {1, 0};

struct call {
    const char *name;
    long number, arguments[4];
};

#define CALL(name, ...) {#name, SYS_##name, {__VA_ARGS__}}
#define NAMED(name, number, ...) {name, number, {__VA_ARGS__}}

static const struct call calls[] = {
    CALL(clone3, BAD_ADDRESS, 0),
    NAMED("clone-newuser", SYS_clone, CLONE_NEWUSER | CLONE_THREAD, 0, 0, 0),
    CALL(unshare, CLONE_NEWNS),
    NAMED("unshare-newtime", SYS_unshare, CLONE_NEWTIME, 0, 0, 0),
    CALL(setns, -1, 0),
    NAMED("socket-netlink", SYS_socket, AF_NETLINK, SOCK_RAW, 0, 0),
    NAMED("socket-packet", SYS_socket, AF_PACKET, SOCK_RAW, 0, 0),
    NAMED("socket-vsock", SYS_socket, AF_VSOCK, SOCK_STREAM, 0, 0),
    NAMED("socket-alg", SYS_socket, AF_ALG, SOCK_SEQPACKET, 0, 0),
    NAMED("socket-high", SYS_socket, HIGH | AF_NETLINK, SOCK_RAW, 0, 0),
    NAMED("socket-mptcp", SYS_socket, AF_INET, SOCK_STREAM, 262, 0),
    NAMED("socket-mptcp-flags", SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 262, 0),
    NAMED("socket-sctp", SYS_socket, AF_INET, SOCK_SEQPACKET, 132, 0),
    NAMED("socket-udplite", SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 136, 0),
    NAMED("socket-udplite-high", SYS_socket, AF_INET6, SOCK_DGRAM, HIGH | 136, 0),
    NAMED("socket-raw", SYS_socket, AF_INET, SOCK_RAW, IPPROTO_ICMP, 0),
    NAMED("sendto-fastopen", SYS_sendto, -1, BAD_ADDRESS, 0, MSG_FASTOPEN),
    NAMED("sendmsg-fastopen", SYS_sendmsg, -1, BAD_ADDRESS, MSG_FASTOPEN, 0),
    NAMED("sendmmsg-fastopen", SYS_sendmmsg, -1, BAD_ADDRESS, 1, MSG_FASTOPEN),
    NAMED("setsockopt-fastopen", SYS_setsockopt, -1, IPPROTO_TCP, TCP_FASTOPEN, 0),
    NAMED("setsockopt-fastopen-connect", SYS_setsockopt, -1, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 0),
    NAMED("setsockopt-ulp", SYS_setsockopt, -1, IPPROTO_TCP, TCP_ULP, 0),
    NAMED("ioctl-tiocsti", SYS_ioctl, -1, TIOCSTI, 0, 0),
    NAMED("ioctl-tiocsti-high", SYS_ioctl, -1, HIGH | TIOCSTI, 0, 0),
    NAMED("ioctl-tioclinux", SYS_ioctl, -1, TIOCLINUX, 0, 0),
    CALL(personality, 0x0040000),
    NAMED("prlimit-other", SYS_prlimit64, 1, 0, 0, 0),
    NAMED("core-prlimit", SYS_prlimit64, 0, RLIMIT_CORE, (long)&impossible, 0),
    NAMED("core-prlimit-high", SYS_prlimit64, 0, HIGH | RLIMIT_CORE, 1L << 32, 0),
    NAMED("core-setrlimit", SYS_setrlimit, RLIMIT_CORE, (long)&impossible, 0, 0),
    NAMED("core-setrlimit-high", SYS_setrlimit, HIGH | RLIMIT_CORE, BAD_ADDRESS, 0, 0),
    NAMED("unknown-470", 470, 0, 0, 0, 0),
    NAMED("unknown-high", 0x3fffffff, 0, 0, 0, 0),
    NAMED("unknown-gap", 423, 0, 0, 0, 0),
    NAMED("absent-io_setup", SYS_io_setup, 0, BAD_ADDRESS, 0, 0),
    NAMED("absent-memfd_secret", 447, -1, 0, 0, 0),
    NAMED("mknod-char", SYS_mknodat, AT_FDCWD, (long)"/none/x", S_IFCHR | 0600, 0),
    NAMED("mknod-block", SYS_mknodat, AT_FDCWD, (long)"/none/x", S_IFBLK | 0600, 0),
    CALL(mount, BAD_ADDRESS, BAD_ADDRESS, BAD_ADDRESS, 0),
    CALL(umount2, BAD_ADDRESS, 0),
    CALL(pivot_root, BAD_ADDRESS, BAD_ADDRESS),
    CALL(open_tree, -1, BAD_ADDRESS, 0),
    CALL(move_mount, -1, BAD_ADDRESS, -1, BAD_ADDRESS),
    CALL(fsopen, BAD_ADDRESS, 0),
    CALL(fsconfig, -1, 0, 0, 0),
    CALL(fsmount, -1, 0, 0),
    CALL(fspick, -1, BAD_ADDRESS, 0),
    CALL(mount_setattr, -1, BAD_ADDRESS, 0, BAD_ADDRESS),
    NAMED("statmount", 457, BAD_ADDRESS, BAD_ADDRESS, 0, 0),
    NAMED("listmount", 458, BAD_ADDRESS, BAD_ADDRESS, 0, 0),
    NAMED("open_tree_attr", 467, -1, BAD_ADDRESS, 0, 0),
    CALL(ptrace, 16, 0x3fffffff, 0, 0),
    CALL(process_vm_readv, 0x3fffffff, 0, 0, 0),
    CALL(process_vm_writev, 0x3fffffff, 0, 0, 0),
    CALL(kcmp, 0x3fffffff, 0x3fffffff, 99, 0),
    CALL(pidfd_getfd, -1, 0, 0),
    CALL(process_madvise, -1, 0, 0, 0),
    CALL(add_key, BAD_ADDRESS, BAD_ADDRESS, 0, 0),
    CALL(request_key, BAD_ADDRESS, BAD_ADDRESS, 0, 0),
    CALL(keyctl, 9999, 0, 0, 0),
    CALL(bpf, 9999, BAD_ADDRESS, 0),
    CALL(perf_event_open, BAD_ADDRESS, 0, -1, -1),
    CALL(userfaultfd, 0xffff),
    CALL(io_uring_setup, 1, BAD_ADDRESS),
    CALL(io_uring_enter, -1, 0, 0, 0),
    CALL(io_uring_register, -1, 0, 0, 0),
    CALL(fanotify_init, 0xffffff, 0),
    CALL(open_by_handle_at, -1, BAD_ADDRESS, 0),
    CALL(name_to_handle_at, -1, BAD_ADDRESS, BAD_ADDRESS, BAD_ADDRESS),
    CALL(kexec_load, BAD_ADDRESS, 99999, BAD_ADDRESS, 0xfff),
    CALL(kexec_file_load, -1, -1, 0, 0),
    CALL(init_module, BAD_ADDRESS, 0, BAD_ADDRESS),
    CALL(finit_module, -1, BAD_ADDRESS, 0),
    CALL(delete_module, BAD_ADDRESS, 0),
    CALL(reboot, 1, 1, 1, 0),
    CALL(swapon, BAD_ADDRESS, 0),
    CALL(swapoff, BAD_ADDRESS),
    CALL(acct, BAD_ADDRESS),
    CALL(quotactl, 0, BAD_ADDRESS, 0, 0),
    CALL(syslog, 9999, 0, 0),
    CALL(settimeofday, BAD_ADDRESS, 0),
    CALL(clock_settime, 0, BAD_ADDRESS),
    CALL(sethostname, BAD_ADDRESS, -1),
    CALL(setdomainname, BAD_ADDRESS, -1),
#ifdef SYS_iopl
    CALL(iopl, 4),
    CALL(ioperm, 70000, 1, 1),
    NAMED("absent-modify_ldt", SYS_modify_ldt, 0, 0, 0, 0),
    NAMED("absent-sysfs", SYS_sysfs, 3, 0, 0, 0),
#endif
    NAMED("clock-gettime", SYS_clock_gettime, PROCESS_CLOCK(1), BAD_ADDRESS, 0, 0),
    NAMED("clock-getres", SYS_clock_getres, PROCESS_CLOCK(1), BAD_ADDRESS, 0, 0),
    NAMED("clock-nanosleep", SYS_clock_nanosleep, PROCESS_CLOCK(1), 0, BAD_ADDRESS, 0),
    NAMED("clock-timer", SYS_timer_create, PROCESS_CLOCK(1) & 0xffffffff, BAD_ADDRESS, BAD_ADDRESS, 0),
    NAMED("ipc-shmget", SYS_shmget, 0, 0, 0, 0),
    NAMED("ipc-semget", SYS_semget, 0, -1, 0, 0),
    NAMED("ipc-msgctl", SYS_msgctl, -1, 0, 0, 0),
    NAMED("ipc-mq_open", SYS_mq_open, BAD_ADDRESS, 0, 0, 0),
};

#ifdef __x86_64__
static void foreign(const char *name, int x32) {
    pid_t child = fork();
    if (child == 0) {
        long result = 20; /* getpid of int 0x80 */
        if (x32) syscall(0x40000000 | SYS_getpid);
        else __asm__ volatile("int $0x80" : "+a"(result));
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) printf("%s killed\n", name);
    else printf("%s 0\n", name);
}
#endif

int main(void) {
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const struct call *c = &calls[i];
        errno = 0;
        long result = syscall(c->number, c->arguments[0], c->arguments[1], c->arguments[2], c->arguments[3], 0L, 0L);
        printf("%s %d\n", c->name, result < 0 ? errno : 0);
        fflush(stdout);
    }
#ifdef __x86_64__
    foreign("int80", 0);
    foreign("x32", 1);
#endif
    return 0;
}
