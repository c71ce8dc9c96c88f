/* Prints what a process of the payload is, one "name value" a line: ids, capabilities, limits, signals, descriptors. */
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void ids(void) {
    uid_t r, e, s;
    gid_t groups[64];
    getresuid(&r, &e, &s);
    printf("uids %u %u %u\n", r, e, s);
    getresgid(&r, &e, &s);
    printf("gids %u %u %u\n", r, e, s);
    int count = getgroups(64, groups);
    printf("groups");
    for (int i = 0; i < count; i++) printf(" %u", groups[i]);
    printf("\n");
}

static void capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    unsigned long bounding = 0, ambient = 0;
    syscall(SYS_capget, &header, data);
    for (int i = 0; i < 64; i++) {
        if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1) bounding |= 1ul << i;
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1) ambient |= 1ul << i;
    }
    printf("effective %x%x\npermitted %x%x\n", data[1].effective, data[0].effective, data[1].permitted, data[0].permitted);
    printf("inheritable %x%x\nbounding %lx\nambient %lx\n", data[1].inheritable, data[0].inheritable, bounding, ambient);
    printf("no_new_privs %d\nseccomp %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
}

static void limits(void) {
    struct rlimit core, files, processes;
    getrlimit(RLIMIT_CORE, &core);
    getrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NPROC, &processes);
    printf("core %lu\nfiles_bounded %d\nprocesses %lu\n", core.rlim_max, files.rlim_max <= 65536, processes.rlim_max);
}

static void signals(void) {
    int parent_death = 0, ignored = 0, blocked = 0;
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int i = 1; i <= SIGRTMAX; i++) {
        struct sigaction action = {0};
        ignored += sigaction(i, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
        blocked += sigismember(&mask, i) == 1;
    }
    prctl(PR_GET_PDEATHSIG, &parent_death, 0, 0, 0);
    printf("parent_death %d\nignored %d\nblocked %d\nleader %d\n", parent_death, ignored, blocked, getsid(0) == getpid());
}

int main(void) {
    ids();
    capabilities();
    limits();
    signals();
    printf("descriptors");
    for (int fd = 0; fd < 65536; fd++)
        if (fcntl(fd, F_GETFD) >= 0) printf(" %d", fd);
    printf("\n");
    return 0;
}
