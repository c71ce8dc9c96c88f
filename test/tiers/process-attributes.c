// Prints what this process has of whoever started it, one "name value" a line.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

extern char **environ;

static void limits(void) {
    static const char *const names[] = {"cpu",    "fsize",   "data",   "stack",      "core",     "rss",  "nproc",  "nofile",
                                        "memlock", "as",      "locks",  "sigpending", "msgqueue", "nice", "rtprio", "rttime"};
    for (int i = 0; i < 16; i++) {
        struct rlimit now;
        getrlimit(i, &now);
        printf("%s %lld %lld\n", names[i], (long long)now.rlim_cur, (long long)now.rlim_max);
    }
}

static void scheduling(void) {
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } now = {0};
    cpu_set_t processors;
    CPU_ZERO(&processors);
    syscall(SYS_sched_getattr, 0, &now, sizeof now, 0);
    sched_getaffinity(0, sizeof processors, &processors);
    printf("nice %d\npolicy %u\nflags %llu\n", now.nice, now.policy, (unsigned long long)now.flags);
    printf("processors %d\nio %ld\nslack %d\n", CPU_COUNT(&processors), syscall(SYS_ioprio_get, 1, 0), prctl(PR_GET_TIMERSLACK));
    printf("huge-pages-off %d\n", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
}

static void signals(void) {
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    printf("signals");
    for (int i = 1; i <= SIGRTMAX; i++) {
        struct sigaction action = {0};
        if (sigaction(i, NULL, &action) == 0 && action.sa_handler == SIG_IGN) printf(" ignores %d", i);
        if (sigismember(&blocked, i) == 1) printf(" blocks %d", i);
    }
    printf("\n");
}

static void groups(void) {
    gid_t all[64];
    int count = getgroups(64, all);
    printf("groups %d", count);
    for (int i = 0; i < count; i++) printf(" %u", all[i]);
    printf("\nbelongs to itself %d\n", getgid() == getegid() && getuid() == geteuid());
}

static void descriptors(void) {
    printf("descriptors");
    for (int fd = 0; fd < 16384; fd++) {
        struct stat info;
        if (fstat(fd, &info) == 0) printf(" %d:%o", fd, info.st_mode & S_IFMT);
    }
    printf("\nterminal %d %d\n", isatty(0), open("/dev/tty", O_RDWR | O_CLOEXEC) >= 0);
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void environment(void) {
    size_t count = 0;
    while (environ[count]) count++;
    qsort(environ, count, sizeof *environ, by_text);
    for (size_t i = 0; i < count; i++) printf("env %s\n", environ[i]);
}

int main(void) {
    char cwd[4096];
    struct utsname name;
    mode_t mask = umask(0);
    uname(&name);
    limits();
    scheduling();
    signals();
    groups();
    descriptors();
    printf("umask %o\ncwd %s\nleads %d %d\n", mask, getcwd(cwd, sizeof cwd), getsid(0) == getppid(), getpgid(0) == getppid());
    printf("personality %d\nrelease %s\n", personality(0xffffffff), name.release);
    printf("dumpable %d\nno-new-privs %d\n", prctl(PR_GET_DUMPABLE), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    environment();
    return 0;
}
