#include "new-file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include "make-path.h"
#include "root-path.h"

static const char prefix[] = ".sandstack-";

bool new_file_is_temporary(const char *name) {
    return strncmp(name, prefix, sizeof prefix - 1) == 0;
}

static void close_both(struct new_file *n) {
    int error = errno;
    if (n->fd >= 0) close(n->fd);
    close(n->directory);
    n->fd = n->directory = -1;
    errno = error;
}

int new_file_begin(struct new_file *n, int directory, const char *name) {
    uint64_t random[2];
    n->directory = directory;
    n->fd = -1;
    snprintf(n->name, sizeof n->name, "%s", name);
    if (getrandom(random, sizeof random, 0) == (ssize_t)sizeof random) {
        snprintf(n->temporary, sizeof n->temporary, "%s%014llx%014llx", prefix, (unsigned long long)random[0] >> 8,
                 (unsigned long long)random[1] >> 8);
        n->fd = openat(directory, n->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    }
    if (n->fd >= 0) return 0;
    close_both(n);
    return -1;
}

int new_file_commit(struct new_file *n, const struct account *owner, mode_t mode, const struct timespec *modified) {
    const struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, modified ? *modified : (struct timespec){0}};
    errno = EBUSY;
    bool done = !is_kept(n->directory, n->name) && give_away(n->fd, owner, mode) == 0 && (!modified || futimens(n->fd, times) == 0) &&
                renameat(n->directory, n->temporary, n->directory, n->name) == 0;
    if (done) {
        close_both(n);
        return 0;
    }
    int error = errno;
    new_file_drop(n);
    errno = error;
    return -1;
}

void new_file_drop(struct new_file *n) {
    if (n->directory < 0) return;
    unlinkat(n->directory, n->temporary, 0);
    close_both(n);
}

bool write_all(int fd, const uint8_t *data, size_t length) {
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        data += written;
        length -= (size_t)written;
    }
    return true;
}
