#include <fcntl.h>
#include <unistd.h>
#include "launch.h"

/* The guest's own, opened before it serves anybody: the payload's could be anything. */
static int null_fd = -1;

int stdio_start(void) {
    null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return null_fd;
}

static bool open_pty(struct launch *l, struct command *c, uint64_t cols, uint64_t rows) {
    int master, slave;
    if (!pty_open(&l->account, cols ? cols : 80, rows ? rows : 24, &master, &slave)) return false;
    for (int i = 0; i < 3; i++) l->stdio[i] = slave;
    c->sources[0].fd = master;
    /* A descriptor of its own: one epoll entry reads, another one writes. */
    if (c->flags & SPAWN_FLAG_STDIN) c->input.fd = fcntl(master, F_DUPFD_CLOEXEC, 3);
    return true;
}

/* A pipe whose end `ours` does not block. It belongs to the command's user, who else could not open /dev/stdout. */
static bool open_pipe(uid_t user, int *ours, int *theirs, bool we_read) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return false;
    *ours = ends[we_read ? 0 : 1];
    *theirs = ends[we_read ? 1 : 0];
    return fcntl(*ours, F_SETFL, O_NONBLOCK) == 0 && fchown(*theirs, user, (gid_t)-1) == 0;
}

bool stdio_open(struct launch *l, struct command *c, uint64_t cols, uint64_t rows) {
    if (c->flags & SPAWN_FLAG_PTY) return open_pty(l, c, cols, rows);
    bool silent = c->flags & SPAWN_FLAG_NO_OUTPUT && !command_is_background(c);
    uid_t user = l->account.uid;
    if (c->flags & SPAWN_FLAG_STDIN && !open_pipe(user, &c->input.fd, &l->stdio[0], false)) return false;
    for (int i = 0; i < 2 && !silent; i++)
        if (!open_pipe(user, &c->sources[i].fd, &l->stdio[i + 1], true)) return false;
    for (int i = 0; i < 3; i++)
        if (l->stdio[i] < 0) l->stdio[i] = null_fd;
    return true;
}

void stdio_close_child_ends(struct launch *l) {
    for (int i = 0; i < 3; i++) {
        bool shared = i > 0 && l->stdio[i] == l->stdio[0]; /* a pty's slave */
        if (l->stdio[i] >= 0 && l->stdio[i] != null_fd && !shared) close(l->stdio[i]);
    }
}
