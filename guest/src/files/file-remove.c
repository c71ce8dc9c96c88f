/* REMOVE: a file, or a directory with all that is in it, whatever the payload does to it meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>
#include "file-request.h"
#include "job.h"
#include "root-path.h"
#include "verbs.h"
#include "walk.h"

enum { PATH_LIMIT = 1048576 }; /* bytes of the names on the way down */

struct removal {
    struct stream *stream;
    struct job job;
    struct walk walk;
    int parent;
    char name[NAME_MAX + 1];
    char *path;
};

static void free_removal(struct removal *r) {
    job_stop(&r->job);
    walk_free(&r->walk);
    if (r->parent >= 0) close(r->parent);
    free(r->path);
    free(r);
}

/* 0 if it is gone now, or -1 with errno: ENOTEMPTY for a directory that has to be emptied first. */
static int unlink_one(int directory, const char *name) {
    errno = EBUSY;
    if (is_kept(directory, name)) return -1;
    if (unlinkat(directory, name, 0) == 0) return 0;
    if (errno != EISDIR) return -1;
    if (unlinkat(directory, name, AT_REMOVEDIR) == 0) return 0;
    if (errno == EEXIST) errno = ENOTEMPTY;
    return -1;
}

/* Of the tree's inside: 0, or -1 with errno. */
static int remove_current(struct removal *r) {
    if (unlink_one(walk_directory(&r->walk), r->walk.name) == 0 || errno == ENOENT) return 0;
    /* ENOTDIR: another thing has its name by now. The directory will not be empty, and is gone through again. */
    if (errno == ENOTDIR) return 0;
    if (errno != ENOTEMPTY) return -1;
    return walk_enter(&r->walk) == 0 || errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
}

/* The top is empty, or seemed so; then it is gone through again. */
static int remove_top(struct removal *r) {
    walk_free(&r->walk);
    if (unlink_one(r->parent, r->name) == 0) return 0;
    if (errno != ENOTEMPTY) return -1;
    int fd = openat(r->parent, r->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || walk_start(&r->walk, fd, PATH_LIMIT) < 0) return -1;
    return 1;
}

static enum job_next finish(struct removal *r, int result) {
    if (result > 0) return JOB_MORE;
    if (result == 0) stream_end(r->stream, NULL);
    else if (errno == EBUSY && r->walk.path)
        stream_error(r->stream, "PERMISSION_DENIED", "%s: %s in it is the sandbox's own, and stays", r->path, r->walk.path);
    else file_failed(r->stream, errno, r->path);
    free_removal(r);
    return JOB_OVER;
}

static enum job_next step(void *context) {
    struct removal *r = context;
    enum walk_step next = walk_next(&r->walk);
    if (next == WALK_DONE) return finish(r, remove_top(r));
    if (next == WALK_FAILED || remove_current(r) < 0) return finish(r, -1);
    return JOB_MORE;
}

static void open_remove(struct stream *s, const struct fields *f) {
    char *path = request_path(s, f, TAG_PATH);
    if (!path) return;
    struct removal *r = calloc(1, sizeof *r);
    int result = -1;
    if (r) {
        *r = (struct removal){.stream = s, .path = path};
        r->parent = root_open_parent(path, r->name, sizeof r->name);
        if (r->parent >= 0) result = remove_top(r);
    }
    if (result > 0) {
        s->state = r;
        job_start(&r->job, step, r);
        return;
    }
    if (result == 0) stream_end(s, NULL);
    else file_failed(s, errno, path);
    if (r) free_removal(r);
    else free(path);
}

static void closed(struct stream *s) {
    free_removal(s->state);
}

const struct verb verb_remove = {.number = VERB_REMOVE, .open = open_remove, .closed = closed, .is_file = true};
