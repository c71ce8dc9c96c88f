/* LIST: a directory's entries, down to a depth. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "entry.h"
#include "file-request.h"
#include "job.h"
#include "verbs.h"
#include "walk.h"

struct listing {
    struct stream *stream;
    struct job job;
    struct walk walk;
    struct entry_names names;
    uint64_t depth;
    char *path; /* without slashes at its end; empty for the root */
};

static void free_listing(struct listing *l) {
    job_stop(&l->job);
    walk_free(&l->walk);
    free(l->path);
    free(l);
}

static void send_entry(const struct listing *l, const struct stat *info, const char *target, struct entry_names *names) {
    char path[PATH_MAX * 2];
    struct writer entry = {0}, event = {0};
    snprintf(path, sizeof path, "%s/%s", l->path, l->walk.path);
    entry_write(&entry, path, info, target, names);
    writer_bytes(&event, TAG_ENTRY, entry.data, entry.length);
    writer_free(&entry);
    stream_event(l->stream, &event);
}

/* What is gone, or no directory any more, when it is looked at is left out. */
static void list_one(struct listing *l) {
    char target[PATH_MAX];
    struct stat info;
    int directory = walk_directory(&l->walk);
    if (fstatat(directory, l->walk.name, &info, AT_SYMLINK_NOFOLLOW) < 0) return;
    ssize_t length = S_ISLNK(info.st_mode) ? readlinkat(directory, l->walk.name, target, sizeof target - 1) : -1;
    if (length >= 0) target[length] = 0;
    send_entry(l, &info, length >= 0 ? target : NULL, &l->names);
    if (S_ISDIR(info.st_mode) && l->walk.depth < l->depth) walk_enter(&l->walk);
}

static enum job_next step(void *context) {
    struct listing *l = context;
    if (stream_credit(l->stream, CHANNEL_OUT) == 0) return JOB_WAIT; /* its connection is full */
    enum walk_step next = walk_next(&l->walk);
    if (next == WALK_ENTRY) list_one(l);
    if (next == WALK_ENTRY || next == WALK_LEFT) return JOB_MORE;
    if (next == WALK_DONE) stream_end(l->stream, NULL);
    else file_failed(l->stream, errno, *l->path ? l->path : "/");
    free_listing(l);
    return JOB_OVER;
}

static void open_list(struct stream *s, const struct fields *f) {
    char *path = request_path(s, f, TAG_PATH);
    if (!path) return;
    struct listing *l = calloc(1, sizeof *l);
    uint64_t depth = fields_number(f, TAG_DEPTH, 1);
    int fd = l ? root_open(path, O_RDONLY | O_DIRECTORY, 0) : -1;
    size_t length = strlen(path);
    while (length > 0 && path[length - 1] == '/') length--;
    if (depth == 0) {
        stream_error(s, "BAD_REQUEST", "DEPTH 0: a listing has at least 1");
        if (fd >= 0) close(fd);
    } else if (fd < 0 || walk_start(&l->walk, fd, PATH_MAX - 2 - length) < 0) {
        file_failed(s, errno, path);
    } else {
        path[length] = 0;
        l->stream = s;
        l->depth = depth;
        l->path = path;
        s->state = l;
        stream_reply(s, NULL);
        job_start(&l->job, step, l);
        return;
    }
    if (l) walk_free(&l->walk);
    free(l);
    free(path);
}

static void credit(struct stream *s, int channel) {
    (void)channel;
    job_wake(&((struct listing *)s->state)->job);
}

static void closed(struct stream *s) {
    free_listing(s->state);
}

const struct verb verb_list = {
    .number = VERB_LIST, .open = open_list, .credit = credit, .closed = closed, .is_file = true};
