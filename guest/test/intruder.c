/* What a process of the payload might do to the guest, process 1: one line "what verdict" for each, the verdict being the
 * error's number, or `done`. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { GUEST = 1 };

static void verdict(const char *what, long result) {
    if (result < 0) printf("%s %d\n", what, errno);
    else printf("%s done\n", what);
}

static void try_signals(void) {
    for (int number = 1; number <= SIGRTMAX; number++) {
        if (number == 32 || number == 33) continue; /* the C library's own */
        char what[32];
        snprintf(what, sizeof what, "kill-%d", number);
        verdict(what, kill(GUEST, number));
    }
    verdict("kill-0", kill(GUEST, 0));
    int handle = (int)syscall(SYS_pidfd_open, GUEST, 0);
    if (handle >= 0) verdict("pidfd-kill", syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0));
}

static void try_memory(void) {
    char byte = 0;
    struct iovec ours = {&byte, 1}, theirs = {(void *)0x400000, 1};
    struct rlimit limit = {1, 1};
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(0, &cpus);
    verdict("ptrace-attach", ptrace(PTRACE_ATTACH, GUEST, NULL, NULL));
    verdict("ptrace-seize", ptrace(PTRACE_SEIZE, GUEST, NULL, NULL));
    verdict("read-memory", process_vm_readv(GUEST, &ours, 1, &theirs, 1, 0));
    verdict("write-memory", process_vm_writev(GUEST, &ours, 1, &theirs, 1, 0));
    verdict("limit", prlimit(GUEST, RLIMIT_NOFILE, &limit, NULL));
    verdict("limit-read", prlimit(GUEST, RLIMIT_NOFILE, NULL, &limit));
    verdict("priority", setpriority(PRIO_PROCESS, GUEST, 19));
    verdict("affinity", sched_setaffinity(GUEST, sizeof cpus, &cpus));
}

static void try_files(void) {
    static const char *const paths[] = {"/proc/1/environ", "/proc/1/mem",  "/proc/1/maps", "/proc/1/fd",    "/proc/1/fd/0",
                                        "/proc/1/fd/1",    "/proc/1/root", "/proc/1/cwd",  "/proc/1/stack", "/proc/1/io",
                                        "/run/sandstack",  "/run/sandstack/s"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) verdict(paths[i], open(paths[i], O_RDONLY | O_NONBLOCK));
    verdict("/proc/1/exe", open("/proc/1/exe", O_RDONLY));
    verdict("oom_score_adj", open("/proc/1/oom_score_adj", O_WRONLY));
    verdict("guest-binary", open("/.sandstack/sandstack-guest", O_WRONLY));
    verdict("beside-binary", open("/.sandstack/other", O_WRONLY | O_CREAT, 0600));
}

static void try_identity(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/sandstack/s"};
    verdict("connect", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address));
    verdict("become-guest", setuid(65000));
    verdict("become-root", setuid(0));
    verdict("groups", setresgid(0, 0, 0));
}

/* The guest may be open to us for a moment: tries one thing that would harm it without pause, and tells of each success. */
static void lie_in_wait(const char *what) {
    struct rlimit limit = {1, 1};
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(0, &cpus);
    puts("waiting");
    for (;;) {
        bool done = strcmp(what, "kill") == 0         ? kill(GUEST, SIGTERM) == 0
                    : strcmp(what, "stop") == 0       ? kill(GUEST, SIGSTOP) == 0
                    : strcmp(what, "priority") == 0   ? setpriority(PRIO_PROCESS, GUEST, 19) == 0
                    : strcmp(what, "affinity") == 0   ? sched_setaffinity(GUEST, sizeof cpus, &cpus) == 0
                    : strcmp(what, "limit") == 0      ? prlimit(GUEST, RLIMIT_NOFILE, &limit, NULL) == 0
                                                      : open("/proc/1/environ", O_RDONLY) >= 0;
        if (done) puts(what);
    }
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1) lie_in_wait(argv[1]);
    try_signals();
    try_memory();
    try_files();
    try_identity();
    return 0;
}
