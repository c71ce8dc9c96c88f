/* The process that makes sandboxes: some of them end with it. The starter takes hold of it while it is its parent, for a
 * pid alone is used again; keepers inherit that. */
#ifndef SANDSTACK_CREATOR_H
#define SANDSTACK_CREATOR_H
#include <stdbool.h>
#include <sys/types.h>

enum { CREATOR_FD = 3 };

/* In the starter: false if its parent is gone already. */
bool creator_hold(void);
/* In the keeper: whether the process that the sandbox is to end with is the one held; false with a fault. */
bool creator_is(pid_t pid);
#endif
