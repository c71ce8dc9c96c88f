/* A path followed part by part below the payload's root. Each step opens one name and follows no link: a link's text is
 * read and put in front of what is left. `..` cannot leave: the root is the top of its own mount tree, and we stay there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "guest.h"
#include "root-path.h"

enum { MAX_LINKS = 40 };

struct way {
    int at;
    int links;
    char rest[PATH_MAX];
};

static bool is_root(int fd) {
    struct stat here, root;
    return fstat(fd, &here) == 0 && fstat(guest.root_fd, &root) == 0 && here.st_dev == root.st_dev &&
           here.st_ino == root.st_ino;
}

/* Cuts the next part off; false if none is left. *last: nothing follows it, not even a slash. */
static bool next_part(struct way *w, char part[NAME_MAX + 1], bool *last) {
    char *start = w->rest + strspn(w->rest, "/");
    size_t length = strcspn(start, "/");
    errno = ENAMETOOLONG;
    if (length > NAME_MAX) return false;
    errno = 0;
    if (length == 0) return false;
    memcpy(part, start, length);
    part[length] = 0;
    *last = start[length] == 0;
    memmove(w->rest, start + length, strlen(start + length) + 1);
    return true;
}

static bool step_to(struct way *w, int fd) {
    if (fd < 0) return false;
    close(w->at);
    w->at = fd;
    return true;
}

static bool step_to_root(struct way *w) {
    return step_to(w, openat(guest.root_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

static bool follow(struct way *w, char target[PATH_MAX], size_t length) {
    char rest[PATH_MAX];
    target[length] = 0;
    int joined = snprintf(rest, sizeof rest, "%s%s", target, w->rest);
    errno = ++w->links > MAX_LINKS ? ELOOP : ENAMETOOLONG;
    if (w->links > MAX_LINKS || joined >= (int)sizeof rest) return false;
    memcpy(w->rest, rest, (size_t)joined + 1);
    return target[0] != '/' || step_to_root(w);
}

static int open_last(struct way *w, int flags, mode_t mode) {
    char part[NAME_MAX + 1], target[PATH_MAX];
    bool last;
    while (next_part(w, part, &last)) {
        if (strcmp(part, "..") == 0) {
            if (!is_root(w->at) && !step_to(w, openat(w->at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC))) return -1;
            continue;
        }
        bool follows = !last || !(flags & O_NOFOLLOW);
        ssize_t length = follows ? readlinkat(w->at, part, target, sizeof target - 1) : -1;
        if (length >= 0 && !follow(w, target, (size_t)length)) return -1;
        if (length >= 0) continue;
        if (last) return openat(w->at, part, flags | O_NOFOLLOW | O_CLOEXEC, mode);
        if (!step_to(w, openat(w->at, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))) return -1;
    }
    return errno ? -1 : openat(w->at, ".", flags | O_CLOEXEC, mode);
}

int root_resolve(const char *path, int flags, mode_t mode) {
    struct way w = {.at = openat(guest.root_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (w.at < 0) return -1;
    int fd = -1, length = snprintf(w.rest, sizeof w.rest, "%s", path);
    errno = ENAMETOOLONG;
    if (length < (int)sizeof w.rest) fd = open_last(&w, flags, mode);
    int error = errno;
    close(w.at);
    errno = error;
    return fd;
}
