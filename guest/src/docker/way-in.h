/* The socket in the container on which the guest listens. Its folder is the guest's alone. */
#ifndef SANDSTACK_WAY_IN_H
#define SANDSTACK_WAY_IN_H
#include <stdbool.h>

/* As root: makes the folder, and listens; -1 with errno. */
int way_in_listen(void);
/* Whether the client at the other end is the guest's own user (a bridge), or root on the engine's machine. */
bool way_in_admits(int fd);
/* -1 with errno. */
int way_in_connect(void);
#endif
