// Root in a user namespace of its own, by each call that makes one, then a mount.
#include "probe.h"
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int mount_in_it(void *unused) {
    (void)unused;
    mkdir("/tmp/ns", 0755);
    return mount("none", "/tmp/ns", "tmpfs", 0, NULL) == 0 ? 0 : errno;
}

static int by_unshare(void) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) return errno;
    return mount_in_it(NULL);
}

static int ends_with(pid_t child) {
    int status;
    if (child < 0) return errno;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : ECANCELED;
}

int main(void) {
    static char stack[65536];
    struct clone_args args = {.flags = CLONE_NEWUSER | CLONE_NEWNS, .exit_signal = SIGCHLD};
    pid_t child = clone(mount_in_it, stack + sizeof stack, CLONE_NEWUSER | CLONE_NEWNS | SIGCHLD, NULL);
    int by_clone = ends_with(child);
    if (by_clone == 0) succeeded("mounted after clone");
    child = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (child == 0) _exit(mount_in_it(NULL));
    int by_clone3 = ends_with(child);
    if (by_clone3 == 0) succeeded("mounted after clone3");
    int why = by_unshare();
    if (why == 0) succeeded("mounted after unshare");
    blocked("clone: %s, clone3: %d, unshare: %d", strerror(by_clone), by_clone3, why);
}
