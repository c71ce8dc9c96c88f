#include "cgroup-namespace.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "payload.h"

/* The root of a namespace is where its maker is. */
static _Noreturn void make_one(int ready) {
    bool made = payload_join() == 0 && unshare(CLONE_NEWCGROUP) == 0 && write(ready, "", 1) == 1;
    while (made) pause();
    _exit(1);
}

static int join_namespace_of(pid_t maker, int ready) {
    char byte;
    if (read(ready, &byte, 1) != 1) {
        errno = EPERM;
        return -1;
    }
    int pidfd = (int)syscall(SYS_pidfd_open, maker, 0), result = setns(pidfd, CLONE_NEWCGROUP), error = errno;
    if (pidfd >= 0) close(pidfd);
    errno = error;
    return result;
}

/* The guest must not be where the payload is, not even for a moment: a child is, and the guest takes over what that made. */
int cgroup_namespace_enter(void) {
    int ready[2];
    /* Else nobody may look at the child's namespaces; nothing of the payload runs yet. */
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0 || pipe2(ready, O_CLOEXEC) < 0) return -1;
    pid_t maker = payload_fork();
    if (maker == 0) make_one(ready[1]);
    close(ready[1]);
    int result = maker < 0 ? -1 : join_namespace_of(maker, ready[0]), error = errno;
    close(ready[0]);
    if (maker > 0) {
        kill(maker, SIGKILL);
        waitpid(maker, NULL, 0);
    }
    errno = error;
    return result;
}
