#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "guest.h"
#include "protocol.h"
#include "root-path.h"
#include "watch.h"

/* Errors of a directory that has gone, or is none any more: its parent's events tell of that. */
static bool is_gone(int error) {
    return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV;
}

static void path_of(const struct watching *w, char out[PATH_MAX * 2]) {
    const char *slash = *w->walked && *w->walk.path ? "/" : "";
    snprintf(out, PATH_MAX * 2, "%s%s%s", w->walked, slash, w->walk.path);
}

int watching_open(const struct watching *w, const char *path) {
    struct stat info;
    int top = root_open(w->path, O_PATH | O_DIRECTORY, 0), fd = -1;
    if (top < 0) return -1;
    errno = ESTALE;
    if (fstat(top, &info) == 0 && info.st_dev == w->device && info.st_ino == w->inode)
        fd = open_resolved(top, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0,
                           RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
    int error = errno;
    close(top);
    errno = error;
    return fd;
}

/* The next directory that waits. 0, or -1 with errno. */
static int begin_walk(struct watching *w) {
    struct found *f = w->first;
    w->first = f->next;
    w->found_count--;
    free(w->walked);
    w->walked = strdup(f->path);
    w->tells = f->tells;
    free(f);
    if (!w->walked) return -1;
    int fd = watching_open(w, w->walked);
    if (fd < 0) return -1;
    if (watch_table_add(&w->table, fd, w->walked) < 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    if (!w->recursive) {
        close(fd);
        return 0;
    }
    if (walk_start(&w->walk, fd, PATH_MAX - 1) < 0) return -1;
    w->walking = true;
    return 0;
}

static int look_at(struct watching *w) {
    char path[PATH_MAX * 2];
    path_of(w, path);
    if (w->tells) watching_tell(w, EVENT_KIND_CREATE, "", path);
    if (w->walk.type != DT_DIR && w->walk.type != DT_UNKNOWN) return 0;
    if (walk_enter(&w->walk) < 0) return is_gone(errno) ? 0 : -1;
    return watch_table_add(&w->table, walk_directory(&w->walk), path);
}

static void end_walk(struct watching *w) {
    walk_free(&w->walk);
    w->walking = false;
}

static enum job_next step(void *context) {
    struct watching *w = context;
    if (stream_credit(w->stream, CHANNEL_OUT) == 0) return JOB_WAIT;
    int result = 0;
    if (w->walking) {
        enum walk_step next = walk_next(&w->walk);
        if (next == WALK_ENTRY) result = look_at(w);
        if (next == WALK_FAILED) result = -1;
        int error = errno;
        if (next == WALK_DONE || next == WALK_FAILED) end_walk(w);
        errno = error;
    } else if (w->first) {
        result = begin_walk(w);
    } else {
        watching_settled(w);
        return JOB_OVER;
    }
    bool top_is_gone = !w->replied && !w->walking && w->walked && !*w->walked;
    if (result == 0 || (is_gone(errno) && !top_is_gone) || errno == ESTALE) return JOB_MORE;
    watching_fail(w, errno);
    return JOB_OVER;
}

bool watching_scan(struct watching *w, const char *path, bool tells) {
    size_t length = strlen(path) + 1;
    struct found *f = w->found_count < MAX_WATCHES ? malloc(sizeof *f + length) : NULL;
    if (!f) return false;
    f->next = NULL;
    f->tells = tells;
    memcpy(f->path, path, length);
    if (w->first) w->last->next = f;
    else w->first = f;
    w->last = f;
    if (w->found_count++ == 0 && !w->walking) job_start(&w->job, step, w);
    return true;
}

void watching_scan_stop(struct watching *w) {
    job_stop(&w->job);
    if (w->walking) end_walk(w);
    while (w->first) {
        struct found *f = w->first;
        w->first = f->next;
        free(f);
    }
    free(w->walked);
    w->walked = NULL;
}
