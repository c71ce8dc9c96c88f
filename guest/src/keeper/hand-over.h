/* What the guest gets of its keeper before it is ready. Sent as soon as it is there, whether the guest runs already or not. */
#ifndef SANDSTACK_HAND_OVER_H
#define SANDSTACK_HAND_OVER_H
#include <stdbool.h>

/* Its settings, its socket and its cgroups; closes the socket. False with a fault. */
bool hand_over_config(int listening_fd);
/* The payload's root; waits until the guest has taken it. Closes it. False with a fault. */
bool hand_over_root(int root);
#endif
