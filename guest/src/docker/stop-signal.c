#include "stop-signal.h"
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "end.h"
#include "loop.h"
#include "protocol.h"

static struct watch watch;

/* Who sends from outside has no pid here. */
static void on_signal(void *context, uint32_t events) {
    (void)context;
    (void)events;
    struct signalfd_siginfo info;
    while (read(watch.fd, &info, sizeof info) == (ssize_t)sizeof info)
        if (info.ssi_pid == 0) end_begin(HOW_KILLED);
}

int stop_signal_start(void) {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    int fd = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -1 : watch_start(&watch, fd, EPOLLIN, on_signal, NULL);
}
