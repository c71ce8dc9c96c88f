#include "tree.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fault.h"

static const char *const environment[] = {"LC_ALL=C", NULL};

static _Noreturn void become(const char *program, const char *const *argv) {
    static const char *const folders[] = {"/usr/bin", "/bin"};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (chdir(folders[i]) == 0) execve(program, (char *const *)argv, (char *const *)environment);
    _exit(127);
}

static pid_t start(const char *program, const char *const *argv) {
    pid_t child = fork();
    if (child == 0) become(program, argv);
    if (child < 0) fault_errno("starting %s", program);
    return child;
}

static bool succeeded(pid_t child) {
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return false;
    return status == 0;
}

bool tree_copy(const char *from, const char *to) {
    const char *const argv[] = {"cp", "-a", "--reflink=auto", "-T", "--", from, to, NULL};
    pid_t child = start("cp", argv);
    return child > 0 && (succeeded(child) || fault_set("INTERNAL", "copying %s failed; is the disk full?", from));
}

pid_t tree_remove_start(char *const *paths) {
    size_t count = 0, fixed = 4;
    while (paths[count]) count++;
    const char **argv = calloc(fixed + count + 1, sizeof *argv);
    if (!argv) {
        fault_errno("removing %s", paths[0]);
        return -1;
    }
    argv[0] = "rm", argv[1] = "-rf", argv[2] = "--one-file-system", argv[3] = "--";
    for (size_t i = 0; i < count; i++) argv[fixed + i] = paths[i];
    pid_t child = start("rm", argv);
    free((void *)argv);
    return child;
}

bool tree_remove(char *const *paths) {
    if (!paths[0]) return true;
    pid_t child = tree_remove_start(paths);
    return child > 0 && (succeeded(child) || fault_set("INTERNAL", "removing %s failed", paths[0]));
}
