#include "watch-table.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
    MASK = IN_CREATE | IN_MODIFY | IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR |
           IN_EXCL_UNLINK,
};

static struct watched **place_of(struct watch_table *t, int number) {
    struct watched **at = &t->buckets[(unsigned)number % WATCH_BUCKETS];
    while (*at && (*at)->number != number) at = &(*at)->next;
    return at;
}

struct watched *watch_table_find(const struct watch_table *t, int number) {
    struct watched *w = t->buckets[(unsigned)number % WATCH_BUCKETS];
    while (w && w->number != number) w = w->next;
    return w;
}

/* inotify takes a path. The guest may have no /proc to name a descriptor by, so it goes there for a moment. */
static int add_here(int fd, int directory) {
    if (fchdir(directory) < 0) return -1;
    int number = inotify_add_watch(fd, ".", MASK), error = errno;
    if (chdir("/") < 0) return -1;
    errno = error;
    return number;
}

int watch_table_add(struct watch_table *t, int directory, const char *path) {
    errno = ENOSPC;
    if (t->count >= MAX_WATCHES) return -1;
    char *copy = strdup(path);
    int number = copy ? add_here(t->fd, directory) : -1;
    if (number < 0) {
        free(copy);
        return -1;
    }
    struct watched **at = place_of(t, number);
    if (*at) { /* known already, perhaps by another name */
        free((*at)->path);
        (*at)->path = copy;
        return 0;
    }
    struct watched *w = malloc(sizeof *w);
    if (!w) {
        inotify_rm_watch(t->fd, number);
        free(copy);
        return -1;
    }
    *w = (struct watched){.number = number, .path = copy};
    *at = w;
    t->count++;
    return 0;
}

static void take_out(struct watch_table *t, struct watched **at) {
    struct watched *w = *at;
    *at = w->next;
    t->count--;
    free(w->path);
    free(w);
}

void watch_table_forget(struct watch_table *t, int number) {
    struct watched **at = place_of(t, number);
    if (*at) take_out(t, at);
}

void watch_table_drop(struct watch_table *t, const char *path) {
    size_t length = strlen(path);
    for (size_t i = 0; i < WATCH_BUCKETS; i++) {
        for (struct watched **at = &t->buckets[i]; *at;) {
            const char *own = (*at)->path;
            bool below = strncmp(own, path, length) == 0 && (own[length] == 0 || own[length] == '/');
            if (!below) {
                at = &(*at)->next;
                continue;
            }
            inotify_rm_watch(t->fd, (*at)->number);
            take_out(t, at);
        }
    }
}

bool watch_table_renew(struct watch_table *t, int (*open_path)(void *context, const char *path), void *context) {
    struct watch_table old = *t;
    int error = 0;
    *t = (struct watch_table){.fd = old.fd};
    for (size_t i = 0; i < WATCH_BUCKETS; i++) {
        while (old.buckets[i]) {
            const struct watched *w = old.buckets[i];
            /* One out before one in, for their number is limited. The kernel gives no number twice. */
            inotify_rm_watch(t->fd, w->number);
            int directory = error ? -1 : open_path(context, w->path);
            if (!error && (directory < 0 || watch_table_add(t, directory, w->path) < 0)) error = errno;
            if (directory >= 0) close(directory);
            take_out(&old, &old.buckets[i]);
        }
    }
    errno = error;
    return error == 0;
}

void watch_table_free(struct watch_table *t) {
    for (size_t i = 0; i < WATCH_BUCKETS; i++)
        while (t->buckets[i]) take_out(t, &t->buckets[i]);
    if (t->fd >= 0) close(t->fd);
    t->fd = -1;
}
