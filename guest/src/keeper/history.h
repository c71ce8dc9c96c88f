/* Which directories make up the sandbox's files, now and at each of its snapshots. */
#ifndef SANDSTACK_HISTORY_H
#define SANDSTACK_HISTORY_H
#include <stdbool.h>
#include <stddef.h>

struct past {
    char *id;
    char **lowers; /* top first, NULL-terminated */
    struct past *next;
};

struct history {
    char *upper;   /* the layer that gets the writes */
    char **lowers; /* under it, top first */
    struct past *snapshots;
};
extern struct history history;

struct past *history_find(const char *id);
/* The lowers of a snapshot that is taken now: `top` (a layer's diff) over the present ones. malloc'ed; NULL if out of memory. */
char **history_lowers_with(const char *top);
char **lowers_copy(char *const *lowers);
void lowers_free(char **lowers);
bool lowers_have(char *const *lowers, const char *lower);
/* Remembers a snapshot; takes both. */
bool history_add(const char *id, char **lowers);
#endif
