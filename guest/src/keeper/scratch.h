/* The keeper's private mount namespace, and in it `<entry>/mnt`, a small file system to put things together in. It is
 * the keeper's working directory, so that paths in mount options are short. */
#ifndef SANDSTACK_SCRATCH_H
#define SANDSTACK_SCRATCH_H
#include <stdbool.h>
#include <sys/types.h>

/* False with a fault. */
bool scratch_start(void);
/* Takes it away, also from outside the namespace. */
void scratch_remove(void);
/* Makes a directory there, if it is missing; false with a fault. */
bool scratch_directory(const char *name);
/* A user namespace that maps 0…65535 to the sandbox's range, for mounts. */
extern int scratch_map_fd;
/* Makes the namespace; false with a fault. */
bool scratch_map(void);
/* Whose files this process makes: the sandbox's root's, with every capability still in effect, or again the machine's. */
void scratch_become_sandbox(void);
void scratch_become_root(void);
#endif
