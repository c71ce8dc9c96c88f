// Takes one of each, or a few, of what the kernel counts for a machine or a user, as ordinary programs do. It succeeds if it
// gets them all; else it names what it did not get.
#include "probe.h"
#include "send-descriptors.h"
#include <arpa/inet.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <time.h>

static int watch(void) {
    int fd = inotify_init1(IN_CLOEXEC);
    return fd >= 0 && inotify_add_watch(fd, "/tmp", IN_CREATE) >= 0;
}

static int queue(void) {
    mqd_t made = mq_open("/ordinary", O_CREAT | O_RDWR, 0600, NULL);
    if (made < 0) return errno == EPERM; // a tier without
    mq_unlink("/ordinary");
    return mq_send(made, "x", 1, 0) == 0;
}

static int segment(void) {
    int made = shmget(IPC_PRIVATE, 4096, 0600);
    if (made < 0) return errno == EPERM; // a tier without
    return shmctl(made, IPC_RMID, NULL) == 0;
}

static int timer(void) {
    timer_t made;
    return timer_create(CLOCK_MONOTONIC, NULL, &made) == 0;
}

static int signal_self(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    return sigqueue(getpid(), SIGRTMIN, (union sigval){0}) == 0;
}

static int wide_pipe(void) {
    int ends[2];
    return pipe(ends) == 0 && fcntl(ends[0], F_SETPIPE_SZ, 1 << 20) > 0 && write(ends[1], "x", 1) == 1;
}

static int wait_for(void) {
    struct epoll_event event = {.events = EPOLLIN};
    int fd = epoll_create1(0), ends[2];
    return fd >= 0 && pipe(ends) == 0 && epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &event) == 0;
}

static int file(void) {
    char name[] = "/tmp/ordinary.XXXXXX";
    int fd = mkstemp(name);
    return fd >= 0 && unlink(name) == 0 && flock(fd, LOCK_EX) == 0 && lockf(fd, F_LOCK, 1) == 0;
}

static int terminal(void) {
    return open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0;
}

static int child(void) {
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    return pid > 0;
}

static int pass(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) return 0;
    return send_descriptor(ends[1], ends[0], 1) && read(ends[0], &(char){0}, 1) == 1;
}

static int lease(void) {
    int fd = open("/tmp/ordinary.lease", O_CREAT | O_RDONLY, 0600);
    return fd >= 0 && unlink("/tmp/ordinary.lease") == 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
}

static int locked_page(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && mlock(page, 4096) == 0;
}

/* One that the kernel chooses. */
static int port(void) {
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr("127.0.9.9")};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    return fd >= 0 && bind(fd, (struct sockaddr *)&place, sizeof place) == 0;
}

int main(void) {
    static const struct {
        const char *name;
        int (*take)(void);
    } all[] = {{"inotify", watch},     {"queue", queue}, {"segment", segment}, {"timer", timer},       {"signal", signal_self},
               {"pipe", wide_pipe}, {"epoll", wait_for}, {"file", file},   {"terminal", terminal}, {"child", child},       {"pass", pass},         {"lease", lease}, {"locked page", locked_page}, {"port", port}};
    char missing[512] = "";
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!all[i].take()) sprintf(missing + strlen(missing), " %s (%s)", all[i].name, strerror(errno));
    if (*missing) blocked("without%s", missing);
    succeeded("all of them");
}
