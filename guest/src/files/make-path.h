/* New directories and files of the payload: made as the guest's own, so that nobody else can touch them, then given away. */
#ifndef SANDSTACK_MAKE_PATH_H
#define SANDSTACK_MAKE_PATH_H
#include "guest.h"

/* Opens a directory below `base` (root-path.h) and makes what is missing of it, the last with `mode`; -1 with errno.
 * *made: the last was made, and the descriptor is a full one; else it is O_PATH. */
int make_directories(int base, const char *path, const struct account *owner, mode_t mode, bool *made);
/* Gives what the guest has just made to its owner; -1 with EPERM if the descriptor leads to something else: the payload
 * has put it into the place. */
int give_away(int fd, const struct account *owner, mode_t mode);
#endif
