/* The guest is the parent of every orphan of the sandbox: PID 1, or the subreaper. */
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "command.h"

static struct watch watch;

static struct command *running(pid_t pid) {
    for (struct command *c = commands; c; c = c->next)
        if (c->pid == pid && !c->reaped) return c;
    return NULL;
}

static void reap_all(void) {
    siginfo_t info = {0};
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
        pid_t pid = info.si_pid;
        struct command *c = running(pid);
        /* Before its pid can become another's: the rest of the group of a command that was ended. */
        if (c && c->how != HOW_ITSELF) kill(-pid, SIGKILL);
        int status = 0;
        waitpid(pid, &status, WNOHANG);
        if (c) command_reaped(c, status);
        info.si_pid = 0;
    }
}

static void on_signal(void *context, uint32_t events) {
    (void)context;
    (void)events;
    struct signalfd_siginfo info;
    while (read(watch.fd, &info, sizeof info) == (ssize_t)sizeof info) continue;
    reap_all();
}

int reap_start(void) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -1 : watch_start(&watch, fd, EPOLLIN, on_signal, NULL);
}
