#include "root-path.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "guest.h"

/* A payload that renames without end makes the kernel give up again and again; then we do too. */
enum { TRIES = 64 };

int open_resolved(int directory, const char *path, int flags, mode_t mode, uint64_t resolve) {
    struct open_how how = {.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC), .mode = mode, .resolve = resolve};
    int fd = -1;
    for (int i = 0; i < TRIES && fd < 0; i++) {
        fd = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
        if (fd < 0 && errno != EAGAIN) break;
    }
    return fd;
}

int root_open(const char *path, int flags, mode_t mode) {
    int fd = open_resolved(guest.root_fd, path, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    /* The guest's capabilities override permissions; what is left is fs.protected_symlinks, by which the guest may not
     * follow what the payload linked in /tmp. */
    return fd < 0 && errno == EACCES ? root_resolve(path, flags, mode) : fd;
}

int open_below(int base, const char *path, int flags) {
    if (base == AT_ROOT) return root_open(path, flags, 0);
    return open_resolved(base, *path ? path : ".", flags, 0, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
}

bool path_split(const char *path, size_t *directory, char last[NAME_MAX + 1]) {
    size_t end = strlen(path);
    while (end > 0 && path[end - 1] == '/') end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/') start--;
    errno = end - start > NAME_MAX ? ENAMETOOLONG : EINVAL;
    if (start == end || end - start > NAME_MAX) return false;
    memcpy(last, path + start, end - start);
    last[end - start] = 0;
    *directory = start;
    return strcmp(last, ".") != 0 && strcmp(last, "..") != 0;
}

int root_open_parent(const char *path, char *last, size_t room) {
    char directory[PATH_MAX], name[NAME_MAX + 1];
    size_t length;
    if (!path_split(path, &length, name)) return -1;
    if (length >= sizeof directory || strlen(name) >= room) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(directory, path, length);
    directory[length] = 0;
    strcpy(last, name);
    return root_open(length ? directory : "/", O_PATH | O_DIRECTORY, 0);
}
