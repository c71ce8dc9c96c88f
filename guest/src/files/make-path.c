#include "make-path.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "root-path.h"

enum { PARENT_MODE = 0755 };

int give_away(int fd, const struct account *owner, mode_t mode) {
    struct stat info;
    if (fstat(fd, &info) < 0) return -1;
    if (info.st_uid != geteuid()) {
        errno = EPERM;
        return -1;
    }
    /* In this order: a change of the owner drops set-id bits. */
    return fchown(fd, owner->uid, owner->gid) < 0 ? -1 : fchmod(fd, mode);
}

static int fail(int fd) {
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* Makes a directory, or opens it if somebody else was faster. */
static int make_one(int at, const char *name, const struct account *owner, mode_t mode, bool *made) {
    if (mkdirat(at, name, 0700) < 0)
        return errno == EEXIST ? openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    *made = true;
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 && give_away(fd, owner, mode) < 0 ? fail(fd) : fd;
}

struct making {
    int base;
    const struct account *owner;
    mode_t mode;
    bool made; /* by the last step */
};

/* One step down to `name`, made if it is missing; `prefix` is the whole path up to it, for what only the resolution of
 * all of it can tell: `..`, and a link, which is not made whole if it leads to nothing. */
static int step(struct making *m, int at, const char *name, const char *prefix) {
    int fd = -1;
    m->made = false;
    errno = ENOTDIR;
    if (strcmp(name, "..") != 0) fd = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return make_one(at, name, m->owner, m->mode, &m->made);
    return fd < 0 && errno == ENOTDIR ? open_below(m->base, prefix, O_PATH | O_DIRECTORY) : fd;
}

int make_directories(int base, const char *path, const struct account *owner, mode_t mode, bool *made) {
    char prefix[PATH_MAX], name[NAME_MAX + 1];
    *made = false;
    int at = open_below(base, path, O_PATH | O_DIRECTORY);
    if (at >= 0 || errno != ENOENT) return at;
    struct making m = {.base = base, .owner = owner};
    at = open_below(base, base == AT_ROOT ? "/" : ".", O_PATH | O_DIRECTORY);
    for (size_t start = strspn(path, "/"), end; at >= 0 && path[start]; start = end + strspn(path + end, "/")) {
        end = start + strcspn(path + start, "/");
        errno = ENAMETOOLONG;
        if (end >= sizeof prefix || end - start > NAME_MAX) return fail(at);
        memcpy(prefix, path, end);
        prefix[end] = 0;
        memcpy(name, path + start, end - start + 1);
        name[end - start] = 0;
        if (strcmp(name, ".") == 0) continue;
        m.mode = path[end + strspn(path + end, "/")] ? PARENT_MODE : mode;
        int next = step(&m, at, name, prefix);
        if (next < 0) return fail(at);
        close(at);
        at = next;
    }
    *made = m.made;
    return at;
}
