#include "tar-unpack.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "make-path.h"
#include "root-path.h"

/* Opens the directory of an entry, made if it is missing. The kernel follows links on the way only while they stay below
 * the top. */
static int open_parent(const struct unpack *u, const char *name, char last[NAME_MAX + 1], bool makes) {
    char path[PATH_MAX];
    size_t length;
    bool made;
    if (!path_split(name, &length, last)) return -1;
    memcpy(path, name, length);
    path[length] = 0;
    return makes ? make_directories(u->top, path, &u->owner, 0755, &made) : open_below(u->top, path, O_PATH | O_DIRECTORY);
}

/* What is in the way of a link goes, unless it is a directory. */
static int make_room(int directory, const char *name) {
    errno = EBUSY;
    if (is_kept(directory, name)) return -1;
    return unlinkat(directory, name, 0) == 0 || errno == ENOENT ? 0 : -1;
}

static int make_symlink(const struct unpack *u, int directory, const char *name, const char *target) {
    struct stat info;
    if (make_room(directory, name) < 0 || symlinkat(target, directory, name) < 0) return -1;
    int fd = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return -1;
    bool ours = fstat(fd, &info) == 0 && S_ISLNK(info.st_mode) && info.st_uid == geteuid();
    int result = ours ? fchownat(fd, "", u->owner.uid, u->owner.gid, AT_EMPTY_PATH) : -1;
    int error = ours ? errno : EPERM;
    close(fd);
    errno = error;
    return result;
}

static int make_hard_link(const struct unpack *u, int directory, const char *name, const char *target) {
    char last[NAME_MAX + 1];
    struct stat info;
    int from = open_parent(u, target, last, false);
    if (from < 0) return -1;
    int result = -1;
    if (fstatat(from, last, &info, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EINVAL;
        if ((S_ISREG(info.st_mode) || S_ISLNK(info.st_mode)) && make_room(directory, name) == 0) result = linkat(from, last, directory, name, 0);
    }
    int error = errno;
    close(from);
    errno = error;
    return result;
}

static int make_directory(struct unpack *u, const struct tar_header *h, const char *name) {
    bool made;
    mode_t mode = h->mode & 01777;
    if (*name == 0) return u->top_made ? fchmod(u->top, mode) : 0;
    int fd = make_directories(u->top, name, &u->owner, mode, &made);
    if (fd < 0) return -1;
    close(fd);
    return 0;
}

static int begin_file(struct unpack *u, int directory, const char *name) {
    struct stat info;
    if (fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode)) {
        close(directory);
        errno = EISDIR;
        return -1;
    }
    return new_file_begin(&u->file, directory, name);
}

/* A link may say what it likes: the kernel decides what it leads to, each time something goes through it. */
static const char *check(char type, const char *name, const char *link) {
    if (type == TAR_DIRECTORY) return NULL;
    if (*name == 0) return "it stands for the top, and is no directory";
    if (type == TAR_FILE || type == TAR_HARD_LINK) return NULL;
    if (type == TAR_FIFO) return "a named pipe";
    if (type == TAR_CHARACTER || type == TAR_BLOCK_DEVICE) return "a device";
    if (type != TAR_SYMLINK) return type == TAR_GNU_SPARSE ? "a sparse file" : "of a kind unknown here";
    return *link == 0 ? "a link to nothing" : NULL;
}

int unpack_entry(struct unpack *u, const struct tar_header *h, const char *name, const char *link, const char **wrong) {
    char last[NAME_MAX + 1];
    *wrong = check(h->type, name, link);
    if (*wrong) return -1;
    int result = -1, directory = -1;
    if (h->type == TAR_DIRECTORY) {
        result = make_directory(u, h, name);
    } else if ((directory = open_parent(u, name, last, true)) >= 0) {
        if (h->type == TAR_FILE) return begin_file(u, directory, last); /* takes the directory over */
        result = h->type == TAR_SYMLINK ? make_symlink(u, directory, last, link) : make_hard_link(u, directory, last, link);
    }
    int error = errno;
    if (directory >= 0) close(directory);
    if (result < 0 && error == EXDEV) *wrong = "it goes through a link that leads out";
    if (result < 0 && h->type == TAR_HARD_LINK && (error == ENOENT || error == EINVAL))
        *wrong = "a hard link to what is no file of the archive";
    errno = error;
    return result;
}

int unpack_finish_file(struct unpack *u, const struct tar_header *h) {
    return new_file_commit(&u->file, &u->owner, h->mode & 0777, &h->modified);
}
