/* The place of the payload's root: in the guest's mount namespace. A process whose root is mounted in its own namespace is
 * told what is mounted below; of what is above or beside it hears nothing. */
#ifndef SANDSTACK_ROOT_PLACE_H
#define SANDSTACK_ROOT_PLACE_H
#include <stdbool.h>

/* Makes the place, in the mount namespace of a process (a pidfd, which stays the caller's); false with a fault. */
bool root_place_start(int pidfd);
/* Puts a root there, beside the one in use; the descriptor stays the caller's. True where the tier has no place. */
bool root_place_put(int tree);
/* Takes away the root that was in use before, or where the last one is not taken that one. */
void root_place_tidy(bool taken);
#endif
