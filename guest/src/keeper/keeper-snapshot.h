/* The sandbox's files through time: the layer that gets the writes, the read-only ones under it, its snapshots. */
#ifndef SANDSTACK_KEEPER_SNAPSHOT_H
#define SANDSTACK_KEEPER_SNAPSHOT_H
#include <stdbool.h>
#include <sys/types.h>
#include "message.h"

/* The sandbox's first root; -1 with a fault. */
int history_start(void);
/* Messages of the guest; each is answered, a copy when it is done. */
void snapshot_asked(const struct message *m);
void rollback_asked(const struct message *m);
/* A child of the keeper ended: perhaps the one that copies. */
void copy_ended(pid_t pid, int status);
#endif
