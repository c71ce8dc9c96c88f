// Takes all that it gets of what the kernel counts for a machine or a user, and keeps it: what a neighbour can still get is
// for another program to say. Prints what it has, then HOLDING.
#include "probe.h"
#include <signal.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/msg.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/stat.h>
#include <time.h>

#include <mqueue.h>

#define WHILE(most, what) ({ long n = 0; while (n < (most) && (what)) n++; n; })

static int queue(long number) {
    char name[32];
    snprintf(name, sizeof name, "/greedy.%d.%ld", getpid(), number);
    return mq_open(name, O_CREAT | O_RDWR, 0600, NULL) >= 0 && mq_unlink(name) == 0;
}

static int timer(void) {
    timer_t made;
    return timer_create(CLOCK_MONOTONIC, NULL, &made) == 0;
}

static int big_pipe(void) {
    int ends[2];
    if (pipe(ends) < 0) return 0;
    return fcntl(ends[0], F_SETPIPE_SZ, 1 << 20) > 0;
}

static int lock(int fd, long at) {
    struct flock range = {.l_type = F_WRLCK, .l_start = at * 2, .l_len = 1};
    return fcntl(fd, F_SETLK, &range) == 0;
}

int main(int argc, char **argv) {
    long ptys = argc > 1 ? atol(argv[1]) : 3000, n;
    char folder[] = "/tmp/greedy.XXXXXX";
    unsigned long context = 0;
    int file, watcher, ends[2];
    sigset_t kept;
    sigemptyset(&kept);
    sigaddset(&kept, SIGRTMIN);
    sigprocmask(SIG_SETMASK, &kept, NULL);
    if (!mkdtemp(folder) || chdir(folder) < 0 || (file = open("locks", O_CREAT | O_RDWR, 0600)) < 0 || pipe(ends) < 0) return 64;
    printf("aio %d\n", syscall(SYS_io_setup, 1000, &context) == 0);
    printf("terminals %ld\n", WHILE(ptys, open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0));
    watcher = inotify_init1(0);
    printf("inotify %ld\n", WHILE(20000, inotify_init1(0) >= 0));
    for (n = 0; n < 2000; n++) {
        char name[24];
        snprintf(name, sizeof name, "%ld", n);
        if (mkdir(name, 0700) < 0 || inotify_add_watch(watcher, name, IN_CREATE) < 0) break;
    }
    printf("watches %ld\n", n);
    printf("queues %ld\n", WHILE(300, queue(n)));
    printf("timers %ld\n", WHILE(200000, timer()));
    printf("signals %ld\n", WHILE(200000, sigqueue(getpid(), SIGRTMIN, (union sigval){0}) == 0));
    printf("pipes %ld\n", WHILE(64, big_pipe()));
    printf("messages %ld\n", WHILE(2000, msgget(IPC_PRIVATE, 0600) >= 0));
    printf("semaphores %ld\n", WHILE(2000, semget(IPC_PRIVATE, 1, 0600) >= 0));
    printf("segments %ld\n", WHILE(2000, shmget(IPC_PRIVATE, 4096, 0600) >= 0));
    n = 0;
    printf("locks %ld\n", WHILE(20000, lock(file, n)));
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    printf("files %ld\n", WHILE(100000, ({ int fd = dup(ends[0]); fd >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0; })));
    printf("HOLDING\n");
    fflush(stdout);
    pause();
}
