/* TAR_OUT: a directory, or one file, as a pax archive. Files and directories of other file systems, pipes, sockets and
 * devices are left out, and so is the directory's own entry: it is not for an archive to change where it is unpacked. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "entry.h"
#include "file-request.h"
#include "job.h"
#include "tar-header.h"
#include "verbs.h"
#include "walk.h"

enum { BUFFER = MAX_PAYLOAD + TAR_HEADERS_ROOM };

struct packing {
    struct stream *stream;
    struct job job;
    char *path;
    struct walk walk;
    bool walking; /* a directory; else one file */
    dev_t device;
    int fd;        /* of the file whose bytes come; -1: none */
    uint64_t left; /* of what its header promised */
    size_t padding;
    bool finished;
    size_t sent, length; /* of the buffer */
    uint8_t buffer[BUFFER];
};

static void free_packing(struct packing *p) {
    job_stop(&p->job);
    walk_free(&p->walk);
    if (p->fd >= 0) close(p->fd);
    free(p->path);
    free(p);
}

static int add_headers(struct packing *p, const char *path, const struct stat *info, const char *link) {
    struct tar_entry e = {
        .type = link ? TAR_SYMLINK : S_ISDIR(info->st_mode) ? TAR_DIRECTORY : TAR_FILE,
        .path = path,
        .link = link,
        .mode = info->st_mode & 07777,
        .uid = entry_id(info->st_uid),
        .gid = entry_id(info->st_gid),
        .size = S_ISREG(info->st_mode) ? (uint64_t)info->st_size : 0,
        .modified = info->st_mtim,
    };
    size_t length = tar_encode(p->buffer + p->length, &e);
    errno = ENAMETOOLONG;
    if (length == 0) return -1;
    p->length += length;
    return 0;
}

/* Takes fd over. */
static int add_file(struct packing *p, const char *path, int fd) {
    struct stat info;
    int result = fstat(fd, &info);
    /* Else another thing was put into its place. */
    if (result == 0 && S_ISREG(info.st_mode)) {
        result = add_headers(p, path, &info, NULL);
        if (result == 0) {
            p->fd = fd;
            p->left = (uint64_t)info.st_size;
            p->padding = (TAR_BLOCK - p->left % TAR_BLOCK) % TAR_BLOCK;
            return 0;
        }
    }
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

static int add_symlink(struct packing *p, const struct stat *info) {
    char target[PATH_MAX];
    ssize_t length = readlinkat(walk_directory(&p->walk), p->walk.name, target, sizeof target - 1);
    if (length < 0) return -1;
    target[length] = 0;
    return add_headers(p, p->walk.path, info, target);
}

static int add_directory(struct packing *p, const struct stat *info) {
    char path[PATH_MAX + 1];
    size_t length = strlen(p->walk.path);
    memcpy(path, p->walk.path, length);
    memcpy(path + length, "/", 2);
    if (add_headers(p, path, info, NULL) < 0) return -1;
    return info->st_dev == p->device ? walk_enter(&p->walk) : 0;
}

static int add_current(struct packing *p) {
    struct stat info;
    int directory = walk_directory(&p->walk);
    if (fstatat(directory, p->walk.name, &info, AT_SYMLINK_NOFOLLOW) < 0) return -1;
    if (S_ISDIR(info.st_mode)) return add_directory(p, &info);
    if (S_ISLNK(info.st_mode)) return add_symlink(p, &info);
    if (!S_ISREG(info.st_mode)) return 0;
    int fd = openat(directory, p->walk.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return fd < 0 ? -1 : add_file(p, p->walk.path, fd);
}

/* Bytes of the open file. One that has become shorter since its header is filled up with zeros, as tar does. */
static int fill_file(struct packing *p) {
    size_t room = BUFFER - p->length;
    if (room > p->left) room = (size_t)p->left;
    ssize_t length = room ? read(p->fd, p->buffer + p->length, room) : 0;
    if (length < 0) return -1;
    if (length == 0 && room > 0) {
        memset(p->buffer + p->length, 0, room);
        length = (ssize_t)room;
    }
    p->length += (size_t)length;
    p->left -= (size_t)length;
    if (p->left > 0 || BUFFER - p->length < p->padding) return 0;
    memset(p->buffer + p->length, 0, p->padding);
    p->length += p->padding;
    close(p->fd);
    p->fd = -1;
    return 0;
}

static void finish(struct packing *p) {
    memset(p->buffer + p->length, 0, 2 * TAR_BLOCK);
    p->length += 2 * TAR_BLOCK;
    p->finished = true;
}

/* What vanishes or changes its kind under our eyes is left out. */
static bool is_harmless(int error) {
    return error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENXIO || error == EINVAL || error == ESTALE;
}

static int fill(struct packing *p) {
    if (p->fd >= 0) return fill_file(p);
    enum walk_step next = p->walking ? walk_next(&p->walk) : WALK_DONE;
    if (next == WALK_DONE) finish(p);
    else if (next == WALK_ENTRY && add_current(p) < 0 && !is_harmless(errno)) return -1;
    return next == WALK_FAILED ? -1 : 0;
}

/* False if there is no credit for the rest. */
static bool drain(struct packing *p) {
    while (p->sent < p->length) {
        size_t length = stream_credit(p->stream, CHANNEL_OUT);
        if (length == 0) return false;
        if (length > p->length - p->sent) length = p->length - p->sent;
        if (length > MAX_PAYLOAD) length = MAX_PAYLOAD;
        stream_data(p->stream, CHANNEL_OUT, p->buffer + p->sent, length);
        p->sent += length;
    }
    p->sent = p->length = 0;
    return true;
}

static enum job_next step(void *context) {
    struct packing *p = context;
    if (!p->finished && p->length < MAX_PAYLOAD) {
        if (fill(p) == 0) return JOB_MORE;
        file_failed(p->stream, errno, p->path);
    } else {
        if (!drain(p)) return JOB_WAIT;
        if (!p->finished) return JOB_MORE;
        stream_eof(p->stream, CHANNEL_OUT);
        stream_end(p->stream, NULL);
    }
    free_packing(p);
    return JOB_OVER;
}

/* Takes fd over; false with errno. */
static bool begin(struct packing *p, int fd, const struct stat *info) {
    p->device = info->st_dev;
    p->walking = S_ISDIR(info->st_mode);
    if (p->walking) return walk_start(&p->walk, fd, PATH_MAX - 2) == 0;
    const char *slash = strrchr(p->path, '/');
    return add_file(p, slash + 1, fd) == 0;
}

static void open_tar_out(struct stream *s, const struct fields *f) {
    struct stat info;
    char *path = request_path(s, f, TAG_PATH);
    int fd = path ? file_open_plain(s, path, true, &info) : -1;
    if (fd < 0) {
        free(path);
        return;
    }
    struct packing *p = malloc(sizeof *p);
    if (!p) {
        stream_errno(s, ENOMEM, path);
        close(fd);
        free(path);
        return;
    }
    memset(p, 0, offsetof(struct packing, buffer));
    p->stream = s;
    p->path = path;
    p->fd = -1;
    if (!begin(p, fd, &info)) {
        file_failed(s, errno, path);
        free_packing(p);
        return;
    }
    s->state = p;
    stream_reply(s, NULL);
    job_start(&p->job, step, p);
}

static void credit(struct stream *s, int channel) {
    struct packing *p = s->state;
    if (channel == CHANNEL_OUT) job_wake(&p->job);
}

static void closed(struct stream *s) {
    free_packing(s->state);
}

const struct verb verb_tar_out = {
    .number = VERB_TAR_OUT, .open = open_tar_out, .credit = credit, .closed = closed, .is_file = true};
