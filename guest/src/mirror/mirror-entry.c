#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "mirror.h"

enum { NAMES = 1 << 16, VALUE = 1 << 16, PIECE = 1 << 30 };

static uid_t owner_of(uid_t id) {
    return id == mirror_owner_before ? mirror_owner_after : id;
}

/* The kernel's own attributes (security, trusted) are nobody's to set here. */
static void copy_attributes(int from, int to) {
    static char names[NAMES], value[VALUE];
    ssize_t room = flistxattr(from, names, sizeof names);
    for (ssize_t at = 0; at < room; at += (ssize_t)strlen(names + at) + 1) {
        if (strncmp(names + at, "user.", 5) != 0) continue;
        ssize_t size = fgetxattr(from, names + at, value, sizeof value);
        if (size >= 0) fsetxattr(to, names + at, value, (size_t)size, 0);
    }
}

bool mirror_facts(int from, int to, const struct stat *info, const char *name) {
    const struct timespec times[] = {info->st_atim, info->st_mtim};
    copy_attributes(from, to);
    /* A change of owner takes set-id bits away, so the mode comes after; what is done changes times, so they come last. */
    bool done = fchown(to, owner_of(info->st_uid), owner_of(info->st_gid)) == 0 &&
                fchmod(to, info->st_mode & 07777) == 0 && futimens(to, times) == 0;
    return done || mirror_failed("setting the owner, mode or times of", name);
}

static bool copy_piece(int from, int to, off_t at, off_t end) {
    off_t out = at;
    while (at < end) {
        size_t most = end - at > PIECE ? PIECE : (size_t)(end - at);
        ssize_t count = copy_file_range(from, &at, to, &out, most, 0);
        if (count < 0) return false;
        if (count == 0) return true; /* it has become shorter */
    }
    return true;
}

/* Shares the blocks where the file system can; else copies what is data, and leaves holes. */
static bool copy_content(int from, int to, off_t size) {
    if (ioctl(to, FICLONE, from) == 0) return true;
    if (ftruncate(to, size) < 0) return false;
    for (off_t at = 0; at < size;) {
        off_t data = lseek(from, at, SEEK_DATA);
        if (data < 0) return errno == ENXIO; /* nothing but a hole */
        off_t hole = lseek(from, data, SEEK_HOLE);
        if (hole < 0 || !copy_piece(from, to, data, hole)) return false;
        at = hole;
    }
    return true;
}

static bool copy_file(const struct place *p) {
    int from = openat(p->from, p->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int to = from < 0 ? -1 : openat(p->to, p->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool done = to >= 0 && copy_content(from, to, p->info.st_size);
    if (!done) mirror_failed("copying", p->name);
    done = done && mirror_facts(from, to, &p->info, p->name);
    if (from >= 0) close(from);
    if (to >= 0) close(to);
    return done && (p->info.st_nlink < 2 || links_keep(&p->info, p->name));
}

static bool make_link(const struct place *p, const char *first) {
    return linkat(links_root(), first, p->to, p->name, 0) == 0 || mirror_failed("linking", p->name);
}

static bool make_special(const struct place *p) {
    if (S_ISLNK(p->info.st_mode)) {
        char target[PATH_MAX];
        ssize_t length = readlinkat(p->from, p->name, target, sizeof target - 1);
        if (length < 0) return mirror_failed("reading the link", p->name);
        target[length] = 0;
        if (symlinkat(target, p->to, p->name) < 0) return mirror_failed("linking", p->name);
    } else if (mknodat(p->to, p->name, p->info.st_mode & (S_IFMT | 07777), 0) < 0) return mirror_failed("making", p->name);
    const struct timespec times[] = {p->info.st_atim, p->info.st_mtim};
    bool done = fchownat(p->to, p->name, owner_of(p->info.st_uid), owner_of(p->info.st_gid), AT_SYMLINK_NOFOLLOW) == 0 &&
                (S_ISLNK(p->info.st_mode) || fchmodat(p->to, p->name, p->info.st_mode & 07777, 0) == 0) &&
                utimensat(p->to, p->name, times, AT_SYMLINK_NOFOLLOW) == 0;
    return done || mirror_failed("setting the owner, mode or times of", p->name);
}

bool mirror_entry(const struct place *p) {
    if (S_ISBLK(p->info.st_mode) || S_ISCHR(p->info.st_mode)) return true; /* no payload can make one, and none may use it */
    if (!S_ISREG(p->info.st_mode)) return make_special(p);
    const char *first = p->info.st_nlink > 1 ? links_find(&p->info) : NULL;
    return first ? make_link(p, first) : copy_file(p);
}
