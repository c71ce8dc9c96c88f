/* TAR_OUT: a directory, or one file, as a pax archive. What is below a directory of another file system, pipes, sockets and
 * devices are left out, of which a client is told that asks for it; and so is the directory's own entry: it is not for an
 * archive to change where it is unpacked.
 * Files with holes keep them, for a client that asked for it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "entry.h"
#include "file-request.h"
#include "job.h"
#include "tar-header.h"
#include "tar-source.h"
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
    bool holes;    /* are told */
    bool tells;    /* what is left out, and goes on behind what can't be read */
    struct tar_source source; /* the file whose bytes come */
    const char *source_path;  /* until the walk goes on */
    struct stat source_info;
    bool finished;
    size_t sent, length; /* of the buffer */
    uint8_t buffer[BUFFER];
};

static void free_packing(struct packing *p) {
    job_stop(&p->job);
    walk_free(&p->walk);
    tar_source_close(&p->source);
    free(p->path);
    free(p);
}

/* Something is left out: 0, also where the client does not want to know. */
static int leave_out(const struct packing *p, const char *path, const char *why) {
    if (!p->tells) return 0;
    struct writer w = {0};
    writer_text(&w, TAG_PATH, path);
    writer_text(&w, TAG_MESSAGE, why);
    stream_event(p->stream, &w);
    return 0;
}

static int add_entry(struct packing *p, const struct tar_entry *e) {
    size_t length = tar_encode(p->buffer + p->length, e);
    errno = ENAMETOOLONG;
    if (length == 0) return -1;
    p->length += length;
    return 0;
}

static struct tar_entry entry_of(const char *path, const struct stat *info, char type) {
    return (struct tar_entry){
        .type = type,
        .path = path,
        .mode = info->st_mode & 07777,
        .uid = entry_id(info->st_uid),
        .gid = entry_id(info->st_gid),
        .modified = info->st_mtim,
    };
}

static int add_file_headers(struct packing *p) {
    struct tar_entry e = entry_of(p->source_path, &p->source_info, TAR_FILE);
    e.size = tar_source_length(&p->source);
    e.sparse = p->source.sparse;
    e.real_size = p->source.size;
    return add_entry(p, &e);
}

/* Takes fd over. `path` stays as it is until the walk goes on. */
static int add_file(struct packing *p, const char *path, int fd) {
    struct stat *info = &p->source_info;
    int result = fstat(fd, info);
    p->source_path = path;
    /* Else another thing was put into its place. */
    if (result == 0 && S_ISREG(info->st_mode)) {
        result = tar_source_begin(&p->source, fd, info, p->holes) ? 0 : -1;
        if (result == 0 && !p->source.looking) result = add_file_headers(p);
        if (result == 0) return 0;
        p->source.fd = -1;
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
    struct tar_entry e = entry_of(p->walk.path, info, TAR_SYMLINK);
    e.link = target;
    return add_entry(p, &e);
}

static int add_directory(struct packing *p, const struct stat *info) {
    char path[PATH_MAX + 1];
    size_t length = strlen(p->walk.path);
    memcpy(path, p->walk.path, length);
    memcpy(path + length, "/", 2);
    const struct tar_entry e = entry_of(path, info, TAR_DIRECTORY);
    if (add_entry(p, &e) < 0) return -1;
    if (info->st_dev == p->device) return walk_enter(&p->walk);
    return leave_out(p, p->walk.path, "what is in it is of another file system");
}

static const char *kind_of(mode_t mode) {
    return S_ISFIFO(mode) ? "a named pipe" : S_ISSOCK(mode) ? "a socket" : "a device";
}

static int add_current(struct packing *p) {
    struct stat info;
    int directory = walk_directory(&p->walk);
    if (fstatat(directory, p->walk.name, &info, AT_SYMLINK_NOFOLLOW) < 0) return -1;
    if (S_ISDIR(info.st_mode)) return add_directory(p, &info);
    if (S_ISLNK(info.st_mode)) return add_symlink(p, &info);
    if (!S_ISREG(info.st_mode)) return leave_out(p, p->walk.path, kind_of(info.st_mode));
    int fd = openat(directory, p->walk.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return fd < 0 ? -1 : add_file(p, p->walk.path, fd);
}

/* An entry of which nothing has been sent; -1 where it was all that was asked for. */
static int give_up_entry(const struct packing *p, const char *path) {
    const char *why = errno == E2BIG ? "too many pieces of data with holes between them" : strerror(errno);
    return p->tells && p->walking ? leave_out(p, path, why) : -1;
}

static int give_up_file(struct packing *p) {
    if (give_up_entry(p, p->source_path) < 0) return -1;
    close(p->source.fd);
    p->source.fd = -1;
    return 0;
}

/* Bytes of the open file, or before them what is known of its holes. */
static int fill_file(struct packing *p) {
    if (p->source.looking) {
        if (tar_source_look(&p->source) < 0) return give_up_file(p);
        return p->source.looking ? 0 : add_file_headers(p);
    }
    ssize_t length = tar_source_fill(&p->source, p->buffer + p->length, BUFFER - p->length);
    if (length > 0) p->length += (size_t)length;
    return length < 0 ? -1 : 0;
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
    if (p->source.fd >= 0) return fill_file(p);
    enum walk_step next = p->walking ? walk_next(&p->walk) : WALK_DONE;
    if (next == WALK_DONE) finish(p);
    else if (next == WALK_ENTRY && add_current(p) < 0 && !is_harmless(errno)) return give_up_entry(p, p->walk.path);
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

static void fail(struct packing *p) {
    if (errno != E2BIG) file_failed(p->stream, errno, p->path);
    else
        stream_error(p->stream, "LIMIT", "%s: %s has more than %d pieces of data with holes between them", p->path, p->source_path,
                     MAX_SPARSE_PIECES);
}

static enum job_next step(void *context) {
    struct packing *p = context;
    if (!p->finished && p->length < MAX_PAYLOAD) {
        if (fill(p) == 0) return JOB_MORE;
        fail(p);
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
    p->source.fd = -1;
    p->holes = fields_number(f, TAG_FLAGS, 0) & TAR_FLAG_HOLES;
    p->tells = fields_number(f, TAG_FLAGS, 0) & TAR_FLAG_TELL;
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
