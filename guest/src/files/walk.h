/* Goes through a directory tree of the payload, entry by entry, while the payload may change it: every step opens one
 * name relative to a descriptor and follows no link. However deep the tree, few descriptors are open at once. */
#ifndef SANDSTACK_WALK_H
#define SANDSTACK_WALK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct walk_level;

struct walk {
    char *path;       /* of the current entry, relative to the top */
    const char *name; /* its last part, inside `path`; what is relative to walk_directory */
    unsigned char type; /* DT_…, as the file system says; may be DT_UNKNOWN */
    size_t depth;     /* of the current entry: 1 is in the top */

    struct walk_level *levels;
    size_t level_count, level_room, path_room, path_limit;
};

enum walk_step {
    WALK_ENTRY,
    WALK_LEFT, /* a directory that was entered is through; it is the current entry again */
    WALK_DONE,
    WALK_FAILED, /* errno */
};

/* Takes `fd`, a directory, over, also when it fails. Paths may have at most `path_limit` bytes. -1 with errno. */
int walk_start(struct walk *w, int fd, size_t path_limit);
enum walk_step walk_next(struct walk *w);
/* Makes the current entry, a directory, the one to go on with; -1 with errno. */
int walk_enter(struct walk *w);
/* The directory that holds the current entry; after walk_enter the one that was entered. */
int walk_directory(const struct walk *w);
void walk_free(struct walk *w);
#endif
