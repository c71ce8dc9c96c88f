#include "launcher.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fault.h"
#include "hierarchies.h"
#include "loop.h"
#include "message.h"
#include "spec.h"

enum { START_MS = 30000, LAST_WORDS_MS = 1000, WORDS = 300 };

pid_t launcher_pid;
int launcher_control = -1;
static pid_t guest_pid;
static int words_fd = -1;
static struct watch words_watch;

static _Noreturn void child_main(pid_t keeper, int control, int words) {
    sigset_t none;
    sigemptyset(&none);
    int null = open("/dev/null", O_RDWR);
    /* Dies with the keeper, also if that has died already. */
    bool ready = prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == keeper && dup2(null, STDIN_FILENO) >= 0 &&
                 dup2(null, STDOUT_FILENO) >= 0 && dup2(words, STDERR_FILENO) >= 0 && dup2(control, CONTROL_FD) >= 0 &&
                 close_range(CONTROL_FD + 1, ~0u, 0) == 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0;
    if (!ready) fault_errno("starting the guest");
    else if (spec.is_nspawn) launch_nspawn();
    else launch_chroot();
    dprintf(STDERR_FILENO, "%s", fault.message);
    _exit(127);
}

bool launcher_start(void) {
    int pair[2], words[2], on = 1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 || pipe2(words, O_CLOEXEC) < 0)
        return fault_errno("making the guest's socket");
    launcher_control = pair[0];
    words_fd = words[0];
    /* The kernel tells with the guest's first message which process it is. */
    setsockopt(launcher_control, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    pid_t keeper = getpid();
    launcher_pid = hierarchies_fork();
    if (launcher_pid == 0) child_main(keeper, pair[1], words[1]);
    close(pair[1]);
    close(words[1]);
    return launcher_pid > 0 || fault_errno("starting the sandbox's first process");
}

bool launcher_wait_end(void) {
    char words[WORDS] = "";
    struct pollfd readable = {.fd = words_fd, .events = POLLIN};
    size_t length = 0;
    while (length < sizeof words - 1 && poll(&readable, 1, LAST_WORDS_MS) > 0) {
        ssize_t got = read(words_fd, words + length, sizeof words - 1 - length);
        if (got <= 0) break;
        length += (size_t)got;
    }
    while (length > 0 && words[length - 1] == '\n') length--;
    words[length] = 0;
    return fault_set("START_FAILED", "the guest ended before it was ready%s%s", length ? ": " : "", words);
}

bool launcher_wait_readable(void) {
    struct pollfd readable = {.fd = launcher_control, .events = POLLIN};
    int count;
    while ((count = poll(&readable, 1, START_MS)) < 0 && errno == EINTR) continue;
    if (count == 0) return fault_set("START_FAILED", "the guest was silent for %d s", START_MS / 1000);
    return readable.revents & POLLIN || launcher_wait_end();
}

static pid_t pid_of(struct msghdr *message) {
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS) continue;
        struct ucred credentials;
        memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
        return credentials.pid;
    }
    return 0;
}

static pid_t read_started(void) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    uint8_t data[64];
    struct iovec part = {data, sizeof data};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    int off = 0;
    if (!launcher_wait_readable()) return 0;
    ssize_t length = recvmsg(launcher_control, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    setsockopt(launcher_control, SOL_SOCKET, SO_PASSCRED, &off, sizeof off);
    guest_pid = length >= 2 && data[0] == MESSAGE_STARTED ? pid_of(&message) : 0;
    if (length <= 0) launcher_wait_end();
    else if (guest_pid <= 0) fault_set("PROTOCOL", "the guest did not say that it has started");
    return guest_pid;
}

/* The guest asks the kernel to end with its launcher, but only once it has its own ids: a launcher that dies before that
 * leaves it to this process, whose child it then is, and nobody else's pid. */
void launcher_reaped(void) {
    launcher_pid = 0;
    if (guest_pid > 0 && waitpid(guest_pid, NULL, WNOHANG) == 0) kill(guest_pid, SIGKILL);
}

pid_t launcher_wait_started(void) {
    return guest_pid > 0 ? guest_pid : read_started();
}

static void on_words(void *context, uint32_t events) {
    (void)context;
    (void)events;
    char thrown_away[256];
    if (read(words_fd, thrown_away, sizeof thrown_away) > 0) return;
    watch_stop(&words_watch);
}

bool launcher_mute(void) {
    return watch_start(&words_watch, words_fd, EPOLLIN, on_words, NULL) == 0 || fault_errno("watching the launcher");
}
