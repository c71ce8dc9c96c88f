/* Processes of the container, by /proc. Members of the payload are those of its uid, and the guest's own children: they
 * are on the way to it. Whatever else runs here came in through the engine, and is its owner's. */
#ifndef SANDSTACK_MEMBERS_H
#define SANDSTACK_MEMBERS_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct member {
    pid_t pid, parent;
    bool arriving; /* a child of the guest that has yet to become the payload's user */
    bool stopped;  /* by a signal; of several threads perhaps the first alone */
    bool dead;     /* all that is left to do is to reap it */
    uint64_t threads;
};

/* Calls fn for each, until it gives false; false if it did. */
bool members_each(bool (*fn)(const struct member *m, void *context), void *context);
/* What its threads do, at most: all are stopped; some wait in the kernel for what cannot be interrupted; some move. */
enum member_rest { MEMBER_RESTS, MEMBER_WAITS, MEMBER_MOVES };
enum member_rest member_rest(const struct member *m);
/* In a child: of all that runs out of memory it is taken before the guest. */
void members_prefer_for_oom(void);
/* Memory that is resident, and CPU time. */
uint64_t member_memory(const struct member *m);
uint64_t member_cpu(const struct member *m);
#endif
