// Takes all that it gets of what the kernel counts for a machine or a user, and keeps it: what a neighbour can still get is
// for another program to say. Prints what it has, then HOLDING. It goes with whoever started it, and after two minutes.
#include "probe.h"
#include "send-descriptors.h"
#include <arpa/inet.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include <mqueue.h>

#define WHILE(most, what) ({ long n = 0; while (n < (most) && (what)) n++; n; })

/* Contexts of many events, then of few: the rest too. */
static long contexts(void) {
    long taken = 0;
    for (unsigned events = 4096; events > 0; events /= 16) {
        unsigned long context = 0;
        while (syscall(SYS_io_setup, events, &context) == 0) taken++, context = 0;
    }
    return taken;
}

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

/* A file of the machine's, and a watch on it. */
static int watched_file(int epoll) {
    struct epoll_event event = {.events = EPOLLIN};
    int fd = eventfd(0, 0);
    return fd >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static int lock(int fd, long at) {
    struct flock range = {.l_type = F_WRLCK, .l_start = at * 2, .l_len = 1};
    return fcntl(fd, F_SETLK, &range) == 0;
}

#define AT_ONCE 200

/* Descriptors that are sent, and that nobody takes: each is stdin. */
static long under_way(void) {
    int ends[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 ? 0 : AT_ONCE * WHILE(200, send_descriptor(ends[1], 0, AT_ONCE));
}

static int lease(long number) {
    char name[24];
    int fd;
    snprintf(name, sizeof name, "lease%ld", number);
    return (fd = open(name, O_CREAT | O_RDONLY, 0600)) >= 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
}

/* On an address that nothing else has. */
static int port(long number) {
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(number), .sin_addr.s_addr = inet_addr("127.0.9.9")};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    return fd >= 0 && bind(fd, (struct sockaddr *)&place, sizeof place) == 0;
}

/* All that the kernel may choose from, by processes that have descriptors enough. */
static long ports(void) {
    enum { FROM = 32768, EACH = 2048, BY = 16 };
    long taken = 0, one;
    int said[2];
    if (pipe(said) < 0) return 0;
    for (int i = 0; i < BY; i++) {
        if (fork() != 0) continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        alarm(120);
        dup2(said[1], 3);
        close_range(4, ~0u, 0);
        one = WHILE(EACH, port(FROM + i * EACH + n));
        if (write(3, &one, sizeof one) != sizeof one) _exit(1);
        for (;;) pause();
    }
    for (int i = 0; i < BY && read(said[0], &one, sizeof one) == sizeof one; i++) taken += one;
    return taken;
}

static int locked_page(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && mlock(page, 4096) == 0;
}

/* The kernel remembers that it is not there. */
static int absent(long number) {
    struct stat seen;
    char name[32];
    snprintf(name, sizeof name, "absent%ld", number);
    return stat(name, &seen) < 0 && errno == ENOENT;
}

static void ready(void) {
    struct rlimit files;
    sigset_t kept;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(120);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    sigemptyset(&kept);
    sigaddset(&kept, SIGRTMIN);
    sigprocmask(SIG_SETMASK, &kept, NULL);
}

static void take_users(void) {
    int watcher = inotify_init1(0);
    long n;
    printf("inotify %ld\n", WHILE(20000, inotify_init1(0) >= 0));
    for (n = 0; n < 2000; n++) {
        char name[24];
        snprintf(name, sizeof name, "%ld", n);
        if (mkdir(name, 0700) < 0 || inotify_add_watch(watcher, name, IN_CREATE) < 0) break;
    }
    printf("watches %ld\n", n);
    printf("queues %ld\n", WHILE(300, queue(n)));
    printf("timers %ld\n", WHILE(5000, timer()));
    printf("signals %ld\n", WHILE(5000, sigqueue(getpid(), SIGRTMIN, (union sigval){0}) == 0));
    printf("pipes %ld\n", WHILE(64, big_pipe()));
}

int main(void) {
    char folder[] = "/tmp/greedy.XXXXXX";
    int file, epoll = epoll_create1(0);
    ready();
    if (!mkdtemp(folder) || chdir(folder) < 0 || (file = open("locks", O_CREAT | O_RDWR, 0600)) < 0) return 64;
    printf("aio %ld\n", contexts());
    printf("terminals %ld\n", WHILE(10000, open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0));
    take_users();
    printf("messages %ld\n", WHILE(2000, msgget(IPC_PRIVATE, 0600) >= 0));
    printf("semaphores %ld\n", WHILE(2000, semget(IPC_PRIVATE, 1, 0600) >= 0));
    printf("segments %ld\n", WHILE(2000, shmget(IPC_PRIVATE, 4096, 0600) >= 0));
    /* Few: each is sought for among all of the file's. */
    printf("locks %ld\n", WHILE(2000, lock(file, n)));
    printf("under way %ld\n", under_way());
    printf("leases %ld\n", WHILE(2000, lease(n)));
    printf("locked pages %ld\n", WHILE(20000, locked_page()));
    printf("absent names %ld\n", WHILE(20000, absent(n)));
    printf("ports %ld\n", ports());
    printf("files %ld\n", WHILE(100000, watched_file(epoll)));
    printf("HOLDING\n");
    fflush(stdout);
    for (;;) pause();
}
