/* WRITE: into a file beside the target that takes its place at EOF, or behind what is there. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>
#include "file-request.h"
#include "make-path.h"
#include "new-file.h"
#include "protocol.h"
#include "root-path.h"
#include "sparse-body.h"
#include "verbs.h"

enum { MAX_LINKS = 40 };

struct writing {
    struct new_file file;
    int append_fd; /* -1: a new file */
    struct account owner;
    mode_t mode;
    bool sparse; /* the data begins with a map */
    struct sparse_body body;
    uint64_t written;
    char *path;
};

static void free_writing(struct writing *w) {
    new_file_drop(&w->file);
    if (w->append_fd >= 0) close(w->append_fd);
    sparse_end(&w->body);
    free(w->path);
    free(w);
}

static void fail(struct stream *s, const char *wrong) {
    struct writing *w = s->state;
    int error = errno;
    new_file_drop(&w->file); /* before the answer */
    if (wrong) stream_error(s, "BAD_ARCHIVE", "%s: %s", w->path, wrong);
    else file_failed(s, error, w->path);
    free_writing(w);
}

/* Where the bytes are to go: the directory, its parents made, and the last part, which is no link at this moment.
 * A link swapped in later is replaced, not followed. */
static int open_target(const struct writing *w, char last[NAME_MAX + 1]) {
    char path[PATH_MAX], target[PATH_MAX], joined[PATH_MAX];
    bool made;
    snprintf(path, sizeof path, "%s", w->path);
    errno = EISDIR;
    if (path[strlen(path) - 1] == '/') return -1;
    for (int links = 0; links < MAX_LINKS; links++) {
        size_t length;
        if (!path_split(path, &length, last)) return -1;
        path[length] = 0;
        int directory = make_directories(AT_ROOT, path, &w->owner, 0755, &made);
        if (directory < 0) return -1;
        ssize_t link = readlinkat(directory, last, target, sizeof target - 1);
        if (link < 0) return directory;
        close(directory);
        target[link] = 0;
        int whole = snprintf(joined, sizeof joined, "%s%s", target[0] == '/' ? "" : path, target);
        errno = ENAMETOOLONG;
        if (whole >= (int)sizeof joined) return -1;
        memcpy(path, joined, (size_t)whole + 1);
    }
    errno = ELOOP;
    return -1;
}

/* Files that are the kernel's ears: what is written into them acts, on the guest itself where they are its own. */
static bool is_kernel_file(int fd) {
    struct statfs fs;
    if (fstatfs(fd, &fs) < 0) return true;
    return fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC || fs.f_type == CGROUP_SUPER_MAGIC ||
           fs.f_type == CGROUP2_SUPER_MAGIC;
}

static bool begin_append(struct stream *s, struct writing *w, int directory, const char *last) {
    struct stat info;
    int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    w->append_fd = openat(directory, last, flags | O_CREAT | O_EXCL, 0600);
    bool made = w->append_fd >= 0;
    if (!made && errno == EEXIST) w->append_fd = openat(directory, last, flags);
    int failed = w->append_fd < 0 || fstat(w->append_fd, &info) < 0 || (made && give_away(w->append_fd, &w->owner, w->mode) < 0);
    int error = errno;
    close(directory);
    if (failed) file_failed(s, error, w->path);
    else if (is_kernel_file(w->append_fd)) file_failed(s, EPERM, w->path);
    else return file_is_plain(s, &info, w->path);
    return false;
}

static bool begin(struct stream *s, struct writing *w, bool append) {
    char last[NAME_MAX + 1];
    struct stat info;
    int directory = open_target(w, last);
    if (directory < 0) {
        file_failed(s, errno, w->path);
        return false;
    }
    if (fstatat(directory, last, &info, AT_SYMLINK_NOFOLLOW) == 0 && !file_is_plain(s, &info, w->path)) {
        close(directory);
        return false;
    }
    if (append) return begin_append(s, w, directory, last);
    if (new_file_begin(&w->file, directory, last) == 0) return true;
    file_failed(s, errno, w->path);
    return false;
}

static void open_write(struct stream *s, const struct fields *f) {
    char *path = request_path(s, f, TAG_PATH);
    struct account owner;
    if (!path || !request_account(s, f, &owner)) {
        free(path);
        return;
    }
    struct writing *w = calloc(1, sizeof *w);
    if (!w) {
        stream_errno(s, ENOMEM, path);
        free(path);
        return;
    }
    *w = (struct writing){.file.directory = -1, .append_fd = -1, .owner = owner, .path = path};
    w->mode = request_mode(f, 0644);
    uint64_t flags = fields_number(f, TAG_FLAGS, 0), size = fields_number(f, TAG_SIZE, UINT64_MAX);
    w->sparse = flags & WRITE_FLAG_HOLES;
    sparse_begin(&w->body, size);
    bool makes_sense = !w->sparse || (!(flags & WRITE_FLAG_APPEND) && size <= INT64_MAX);
    if (!makes_sense) stream_error(s, "BAD_REQUEST", "%s: FLAGS %llu without SIZE, or with more", path, (unsigned long long)flags);
    if (!makes_sense || !begin(s, w, flags & WRITE_FLAG_APPEND)) {
        free_writing(w);
        return;
    }
    s->state = w;
    stream_reply(s, NULL);
    stream_widen(s);
}

static void data(struct stream *s, const uint8_t *bytes, size_t length) {
    struct writing *w = s->state;
    const char *wrong = NULL;
    int fd = w->append_fd >= 0 ? w->append_fd : w->file.fd;
    if (!(w->sparse ? sparse_take(&w->body, fd, bytes, length, &wrong) : write_all(fd, bytes, length))) {
        fail(s, wrong);
        return;
    }
    w->written += length;
    stream_consumed(s, length);
}

static void eof(struct stream *s) {
    struct writing *w = s->state;
    const char *wrong = NULL;
    if ((w->sparse && !sparse_finish(&w->body, w->file.fd, &wrong)) ||
        (w->append_fd < 0 && new_file_commit(&w->file, &w->owner, w->mode, NULL) < 0)) {
        fail(s, wrong);
        return;
    }
    struct writer answer = {0};
    writer_number(&answer, TAG_SIZE, w->sparse ? w->body.size : w->written);
    stream_end(s, &answer);
    free_writing(w);
}

static void closed(struct stream *s) {
    free_writing(s->state);
}

const struct verb verb_write = {
    .number = VERB_WRITE, .open = open_write, .data = data, .eof = eof, .closed = closed, .is_file = true};
