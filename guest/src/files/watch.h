/* What a stream of the verb WATCH holds. */
#ifndef SANDSTACK_WATCH_H
#define SANDSTACK_WATCH_H
#include "job.h"
#include "stream.h"
#include "walk.h"
#include "watch-table.h"

/* A directory that is yet to be watched and gone through. */
struct found {
    struct found *next;
    bool tells; /* of what is in it */
    char path[]; /* relative to the top */
};

struct watching {
    struct stream *stream;
    char *path; /* of the request, without slashes at its end */
    /* Which directory the path led to. It is not held open: the kernel tells of its removal once nobody has it. */
    dev_t device;
    ino_t inode;
    bool recursive, replied;
    struct watch watch;
    struct watch_table table;

    /* watch-scan.c */
    struct job job;
    struct walk walk;
    bool walking, tells;
    char *walked; /* the directory that is gone through */
    struct found *first, *last;
    size_t found_count;

    uint32_t hidden_move; /* cookie of a file of ours that is being put into its place */
};

/* watch.c: tells the client of something below the top; "" is the top. */
void watching_tell(const struct watching *w, uint64_t kind, const char *directory, const char *name);
/* Everything is watched that was to be: reads events. */
void watching_settled(struct watching *w);
/* Ends the stream. */
void watching_fail(struct watching *w, int error);

/* watch-scan.c: watches a directory and, if the watch is recursive, those below it. `tells`: what is in it is told as
 * new, because it may have come before the watch. False if out of memory, or too many wait. */
bool watching_scan(struct watching *w, const char *path, bool tells);
void watching_scan_stop(struct watching *w);
/* Opens a directory by its path from the top; -1 with errno, ESTALE if another one is in the top's place. */
int watching_open(const struct watching *w, const char *path);

/* watch-move.c: nothing of it is under way, so that it can go on on another root. */
bool watching_at_rest(struct stream *s);
/* The root is another, with the same files. */
void watching_move(struct stream *s);
#endif
