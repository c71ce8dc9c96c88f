/* WATCH: what happens in a directory, and below it. */
#include "watch.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "file-request.h"
#include "new-file.h"
#include "verbs.h"

static void free_watching(struct watching *w) {
    watch_stop(&w->watch);
    watching_scan_stop(w);
    watch_table_free(&w->table);
    free(w->path);
    free(w);
}

void watching_fail(struct watching *w, int error) {
    /* By ENOSPC the kernel means its limit of watches, as we do. */
    if (error == ENOSPC || error == EMFILE)
        stream_error(w->stream, "LIMIT", "%s: %zu directories are watched, and no more can be", w->path, w->table.count);
    else file_failed(w->stream, error, w->path);
    free_watching(w);
}

void watching_tell(const struct watching *w, uint64_t kind, const char *directory, const char *name) {
    char path[PATH_MAX * 3];
    const char *top = strcmp(w->path, "/") == 0 ? "" : w->path;
    snprintf(path, sizeof path, "%s%s%s%s%s", top, *directory ? "/" : "", directory, *name ? "/" : "", name);
    struct writer event = {0};
    writer_number(&event, TAG_EVENT_KIND, kind);
    writer_text(&event, TAG_PATH, *path ? path : "/");
    stream_event(w->stream, &event);
}

static uint64_t kind_of(uint32_t mask) {
    if (mask & IN_CREATE) return EVENT_KIND_CREATE;
    if (mask & IN_MODIFY) return EVENT_KIND_WRITE;
    if (mask & (IN_DELETE | IN_DELETE_SELF)) return EVENT_KIND_REMOVE;
    return mask & IN_ATTRIB ? EVENT_KIND_CHMOD : EVENT_KIND_RENAME;
}

/* Files in the making are nobody's business; one that is put into its place has been written. */
static uint64_t visible_kind(struct watching *w, const struct inotify_event *e) {
    if (new_file_is_temporary(e->name)) {
        if (e->mask & IN_MOVED_FROM) w->hidden_move = e->cookie;
        return 0;
    }
    bool ours = e->mask & IN_MOVED_TO && e->cookie == w->hidden_move;
    return ours ? EVENT_KIND_WRITE : kind_of(e->mask);
}

/* False if the stream is over. */
static bool take_named(struct watching *w, const struct inotify_event *e, const char *directory) {
    char path[PATH_MAX * 2];
    uint64_t kind = visible_kind(w, e);
    if (kind) watching_tell(w, kind, directory, e->name);
    if (!w->recursive || !(e->mask & IN_ISDIR)) return true;
    int length = snprintf(path, sizeof path, "%s%s%s", directory, *directory ? "/" : "", e->name);
    if (e->mask & IN_MOVED_FROM) watch_table_drop(&w->table, path);
    if (!(e->mask & (IN_CREATE | IN_MOVED_TO)) || length >= PATH_MAX || watching_scan(w, path, true)) return true;
    watching_fail(w, ENOSPC);
    return false;
}

static bool take(struct watching *w, const struct inotify_event *e) {
    if (e->mask & IN_Q_OVERFLOW) {
        watching_tell(w, EVENT_KIND_OVERFLOW, "", "");
        if (w->recursive) watching_scan(w, "", false); /* directories may have come unseen */
        return true;
    }
    const struct watched *watched = watch_table_find(&w->table, e->wd);
    if (!watched) return true;
    if (e->mask & IN_IGNORED) watch_table_forget(&w->table, e->wd);
    else if (e->len > 0) return take_named(w, e, watched->path);
    else if (e->mask & IN_DELETE_SELF && !*watched->path) watching_tell(w, EVENT_KIND_REMOVE, "", "");
    return true;
}

static void on_events(void *context, uint32_t events) {
    static _Alignas(struct inotify_event) uint8_t buffer[16384];
    struct watching *w = context;
    (void)events;
    if (stream_credit(w->stream, CHANNEL_OUT) == 0) {
        watch_stop(&w->watch);
        return;
    }
    ssize_t length = read(w->table.fd, buffer, sizeof buffer);
    for (ssize_t at = 0; at < length;) {
        const struct inotify_event *e = (const void *)(buffer + at);
        at += (ssize_t)(sizeof *e + e->len);
        if (!take(w, e)) return;
    }
}

void watching_settled(struct watching *w) {
    if (!w->replied) stream_reply(w->stream, NULL);
    w->replied = true;
    if (!w->watch.active && watch_start(&w->watch, w->table.fd, EPOLLIN, on_events, w) < 0) watching_fail(w, errno);
}

static void open_watch(struct stream *s, const struct fields *f) {
    char *path = request_path(s, f, TAG_PATH);
    if (!path) return;
    struct stat info;
    int top = root_open(path, O_PATH | O_DIRECTORY, 0);
    int notify = top >= 0 && fstat(top, &info) == 0 ? inotify_init1(IN_NONBLOCK | IN_CLOEXEC) : -1;
    struct watching *w = notify >= 0 ? calloc(1, sizeof *w) : NULL;
    if (!w) file_failed(s, errno, path);
    if (top >= 0) close(top);
    if (!w) {
        if (notify >= 0) close(notify);
        free(path);
        return;
    }
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') path[--length] = 0;
    *w = (struct watching){
        .stream = s, .path = path, .device = info.st_dev, .inode = info.st_ino, .table.fd = notify};
    w->recursive = fields_number(f, TAG_FLAGS, 0) & WATCH_FLAG_RECURSIVE;
    s->state = w;
    if (!watching_scan(w, "", false)) watching_fail(w, ENOMEM);
}

static void credit(struct stream *s, int channel) {
    struct watching *w = s->state;
    (void)channel;
    job_wake(&w->job);
    if (w->replied && !w->watch.active) watching_settled(w);
}

static void closed(struct stream *s) {
    free_watching(s->state);
}

const struct verb verb_watch = {
    .number = VERB_WATCH,
    .open = open_watch,
    .credit = credit,
    .closed = closed,
    .is_file = true,
    .at_rest = watching_at_rest,
    .move = watching_move,
};
