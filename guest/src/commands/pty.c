#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "launch.h"
#include "verbs.h"

enum { PTMX_MAJOR = 5, PTMX_MINOR = 2 };

/* The payload may have put anything at this path. */
static int open_master(void) {
    int fd = root_open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK, 0);
    struct stat info;
    if (fd < 0) return -1;
    if (fstat(fd, &info) == 0 && S_ISCHR(info.st_mode) && info.st_rdev == makedev(PTMX_MAJOR, PTMX_MINOR)) return fd;
    close(fd);
    return -1;
}

bool pty_open(const struct account *account, uint64_t cols, uint64_t rows, int *master, int *slave) {
    struct winsize size = {.ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows};
    int unlocked = 0;
    *master = open_master();
    if (*master < 0) return false;
    *slave = -1;
    if (ioctl(*master, TIOCSPTLCK, &unlocked) == 0) *slave = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*slave >= 0 && ioctl(*master, TIOCSWINSZ, &size) == 0 && fchown(*slave, account->uid, -1) == 0) return true;
    close(*master);
    if (*slave >= 0) close(*slave);
    return false;
}

static void resize_open(struct stream *s, const struct fields *f) {
    struct command *c = command_of_request(s, f, true);
    if (!c) return;
    uint64_t cols = fields_number(f, TAG_COLS, 0), rows = fields_number(f, TAG_ROWS, 0);
    struct winsize size = {.ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows};
    bool is_pty = c->flags & SPAWN_FLAG_PTY;
    if (cols == 0 || rows == 0 || cols > UINT16_MAX || rows > UINT16_MAX)
        stream_error(s, "BAD_REQUEST", "a terminal of %llu x %llu", (unsigned long long)cols, (unsigned long long)rows);
    else if (!is_pty || ioctl(c->sources[0].fd, TIOCSWINSZ, &size) < 0)
        stream_error(s, "BAD_REQUEST", "command %d has no terminal", (int)c->pid);
    else stream_end(s, NULL);
}

const struct verb verb_resize = {.number = VERB_RESIZE, .open = resize_open};
