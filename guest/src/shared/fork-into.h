/* fork, but the child is born in a cgroup. To move there afterwards takes a grace period of the kernel's RCU, 10 ms or so,
 * wherever nobody has moved just before. */
#ifndef SANDSTACK_FORK_INTO_H
#define SANDSTACK_FORK_INTO_H
#include <sys/types.h>

/* `cgroup`: a directory of the version 2 tree. As fork otherwise; for a process with one thread. */
pid_t fork_into(int cgroup);
#endif
