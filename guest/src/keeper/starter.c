/* The role `starter`: forks keepers for a process that makes sandboxes (guest/PROTOCOL.md, "The starter"). A fork of that
 * process would cost it as much as its memory is large; a fork of this one costs next to nothing. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "creator.h"
#include "roles.h"

enum { MOST_KEEPERS = 1024, MAX_SPEC = 1 << 20, LINE = 1024, SIGNALS_AT = 1, CREATOR_AT = 2, KEEPERS_AT = 3 };

/* A keeper that has not told yet how its start went. */
struct keeper {
    uint32_t number;
    pid_t pid;
    bool dead;
    int status;
};

static struct keeper keepers[MOST_KEEPERS];
static struct pollfd watched[KEEPERS_AT + MOST_KEEPERS]; /* requests, signals, the creator, then what each keeper says */
static size_t keeper_count;
static uint32_t last_number;

/* False at the end of the stream. */
static bool read_exactly(void *out, size_t length) {
    for (uint8_t *at = out; length > 0;) {
        ssize_t got = read(STDIN_FILENO, at, length);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        length -= (size_t)got;
    }
    return true;
}

static void tell(uint32_t number, const char *words, size_t length) {
    char line[LINE + 16];
    int size = snprintf(line, sizeof line, "%u %.*s\n", number, (int)length, words);
    /* Nobody listens any more: the end of the requests comes next. */
    if (write(STDOUT_FILENO, line, (size_t)size) < 0) return;
}

static void tell_end(uint32_t number, int status) {
    char words[64];
    int length = WIFSIGNALED(status) ? snprintf(words, sizeof words, "killed %d", WTERMSIG(status))
                                     : snprintf(words, sizeof words, "ended %d", WEXITSTATUS(status));
    tell(number, words, (size_t)length);
}

static void forget(size_t i) {
    close(watched[KEEPERS_AT + i].fd);
    keeper_count--;
    keepers[i] = keepers[keeper_count];
    watched[KEEPERS_AT + i] = watched[KEEPERS_AT + keeper_count];
}

/* Dies with the starter until it is written down: who cleans up could not find it before that. */
static _Noreturn void become_keeper(pid_t starter, int spec, int words) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != starter || setsid() < 0 || dup2(spec, STDIN_FILENO) < 0 || dup2(words, STDOUT_FILENO) < 0) _exit(127);
    role_show("keeper");
    exit(keeper_main());
}

static void refuse(uint32_t number) {
    static const char words[] = "error LIMIT no more sandboxes can be made at once";
    tell(number, words, sizeof words - 1);
}

static void start(uint32_t number, int spec) {
    int words[2];
    if (keeper_count == MOST_KEEPERS || pipe2(words, O_CLOEXEC) < 0) return refuse(number);
    pid_t starter = getpid(), pid = fork();
    if (pid == 0) become_keeper(starter, spec, words[1]);
    close(words[1]);
    keepers[keeper_count] = (struct keeper){.number = number, .pid = pid};
    watched[KEEPERS_AT + keeper_count] = (struct pollfd){.fd = words[0], .events = POLLIN};
    if (pid > 0) keeper_count++;
    else close(words[0]), refuse(number);
}

/* A request: the length of a spec and the spec; or 0 and the number of the request that is given up. */
static bool take_request(void) {
    static uint8_t data[MAX_SPEC];
    uint32_t length, number;
    if (!read_exactly(&length, sizeof length)) return false;
    if (length == 0) {
        if (!read_exactly(&number, sizeof number)) return false;
        for (size_t i = 0; i < keeper_count; i++)
            if (keepers[i].number == number) kill(keepers[i].pid, SIGKILL);
        return true;
    }
    if (length > sizeof data || !read_exactly(data, length)) return false;
    int spec = memfd_create("spec", MFD_CLOEXEC);
    bool kept = spec >= 0 && write(spec, data, length) == (ssize_t)length && lseek(spec, 0, SEEK_SET) == 0;
    number = ++last_number;
    if (kept) start(number, spec);
    else refuse(number);
    if (spec >= 0) close(spec);
    return true;
}

/* Tells the lines that came; true if the last of them was among them. */
static bool tell_lines(uint32_t number, char *words) {
    bool over = false;
    for (char *line = strtok(words, "\n"); line; line = strtok(NULL, "\n")) {
        tell(number, line, strlen(line));
        over = over || strcmp(line, "ready") == 0 || strncmp(line, "error ", 6) == 0;
    }
    return over;
}

static void pass_on(size_t i) {
    char words[LINE];
    struct keeper *k = &keepers[i];
    ssize_t length = read(watched[KEEPERS_AT + i].fd, words, sizeof words - 1);
    words[length > 0 ? length : 0] = 0;
    if (length > 0 && !tell_lines(k->number, words)) return;
    if (length <= 0 && !k->dead) waitpid(k->pid, &k->status, 0);
    if (length <= 0) tell_end(k->number, k->status);
    forget(i);
}

/* False if there are no keepers any more. */
static bool reap(void) {
    struct signalfd_siginfo info;
    int status;
    pid_t pid;
    while (read(watched[SIGNALS_AT].fd, &info, sizeof info) == (ssize_t)sizeof info) continue;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < keeper_count; i++)
            if (keepers[i].pid == pid) keepers[i].dead = true, keepers[i].status = status;
    return pid == 0;
}

static bool set_up(void) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (!creator_hold()) return false;
    watched[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    watched[SIGNALS_AT] = (struct pollfd){.fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK), .events = POLLIN};
    watched[CREATOR_AT] = (struct pollfd){.fd = CREATOR_FD, .events = POLLIN};
    return watched[SIGNALS_AT].fd >= 0;
}

/* When no more requests come it stays for as long as it has keepers, to reap them: the machine may have nobody else who
 * does. With its creator it ends at once. */
int starter_main(void) {
    if (!set_up()) return 1;
    for (;;) {
        if (poll(watched, KEEPERS_AT + keeper_count, -1) < 0 && errno != EINTR) return 1;
        if (watched[CREATOR_AT].revents) return 0;
        for (size_t i = keeper_count; i-- > 0;)
            if (watched[KEEPERS_AT + i].revents) pass_on(i);
        if (watched[0].revents && !take_request()) watched[0].fd = -1;
        if (!reap() && watched[0].fd < 0) return 0;
    }
}
