/* Between fork and exec: the order matters, and nothing here allocates or uses a lock. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "launch.h"
#include "payload.h"
#include "privileges.h"
#include "seccomp.h"
#include "tag.h"

/* In the place of the guest's end of the control socket: all above it is closed. */
enum { REPORT_FD = 3 };

static _Noreturn void give_up(int report_fd, int step) {
    struct launch_report report = {step, errno};
    ssize_t written = write(report_fd, &report, sizeof report);
    _exit(written == (ssize_t)sizeof report ? 127 : 126);
}

static int take_stdio(const struct launch *l) {
    for (int i = 0; i < 3; i++)
        if (dup2(l->stdio[i], i) < 0) return -1;
    /* Fails on what is no terminal, which is right. */
    ioctl(STDIN_FILENO, TIOCSCTTY, 0);
    return 0;
}

static int enter_root(void) {
    if (guest.own_root) return chdir("/");
    return fchdir(guest.root_fd) == 0 && chroot(".") == 0 && chdir("/") == 0 ? 0 : -1;
}

/* Dies with the guest, also if that has died already. Changing ids clears the setting, so it comes after. */
static int follow_parent(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return -1;
    if (getppid() == parent) return 0;
    errno = ESRCH;
    return -1;
}

static int enter_cwd(const struct launch *l) {
    if (l->cwd) return chdir(l->cwd);
    if (guest.cwd && chdir(guest.cwd) == 0) return 0;
    return chdir(l->account.home) == 0 ? 0 : chdir("/");
}

static int clean_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL); /* the only one that the guest ignores */
    return sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Tries every directory of the command's own PATH; errno is the most telling one. */
static void exec_by_path(const struct launch *l) {
    const char *name = l->argv[0], *path = environment_get(l->envp, "PATH");
    int error = ENOENT;
    while (path) {
        const char *end = strchrnul(path, ':');
        char candidate[PATH_MAX];
        int length = snprintf(candidate, sizeof candidate, "%.*s/%s", (int)(end - path), path, name);
        errno = ENOENT;
        if (length < (int)sizeof candidate) execve(candidate, l->argv, l->envp);
        if (errno != ENOENT && errno != ENOTDIR) error = errno;
        if (error != ENOENT && error != EACCES) break;
        path = *end ? end + 1 : NULL;
    }
    errno = error;
}

void child_run(const struct launch *l, pid_t parent) {
    tag_set(l->tag);
    bool ready = setsid() >= 0 && take_stdio(l) == 0 && payload_join() == 0 && enter_root() == 0 &&
                 privileges_become(&l->account, l->groups, l->group_count) == 0 && follow_parent(parent) == 0 &&
                 clean_signals() == 0 && seccomp_seal() == 0;
    if (!ready) give_up(l->report_fd, STEP_SET_UP);
    if (enter_cwd(l) < 0) give_up(l->report_fd, STEP_CWD);
    if (dup3(l->report_fd, REPORT_FD, O_CLOEXEC) < 0) give_up(l->report_fd, STEP_SET_UP);
    close_range(REPORT_FD + 1, ~0u, 0);
    if (strchr(l->argv[0], '/')) execve(l->argv[0], l->argv, l->envp);
    else exec_by_path(l);
    give_up(REPORT_FD, STEP_EXEC);
}
