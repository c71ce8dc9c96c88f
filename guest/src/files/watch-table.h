/* The directories that one inotify descriptor watches, by watch number. */
#ifndef SANDSTACK_WATCH_TABLE_H
#define SANDSTACK_WATCH_TABLE_H
#include <stdbool.h>
#include <stddef.h>

enum { WATCH_BUCKETS = 256, MAX_WATCHES = 8192 };

struct watched {
    int number;
    char *path; /* relative to the top, "" for that itself */
    struct watched *next;
};

struct watch_table {
    int fd; /* inotify's */
    size_t count;
    struct watched *buckets[WATCH_BUCKETS];
};

struct watched *watch_table_find(const struct watch_table *t, int number);
/* Watches an open directory; -1 with errno: ENOSPC for too many. */
int watch_table_add(struct watch_table *t, int directory, const char *path);
/* The kernel has dropped this one. */
void watch_table_forget(struct watch_table *t, int number);
/* Drops a directory that was moved away, and all below it. */
void watch_table_drop(struct watch_table *t, const char *path);
/* Watches the directories that are now at the paths, instead; false with errno if one cannot be. */
bool watch_table_renew(struct watch_table *t, int (*open_path)(void *context, const char *path), void *context);
void watch_table_free(struct watch_table *t);
#endif
