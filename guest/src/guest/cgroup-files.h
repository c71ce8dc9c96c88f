/* What cgroup.c and cgroup-events.c share: descriptors that the first keeps, and the second's part of the way. */
#ifndef SANDSTACK_CGROUP_FILES_H
#define SANDSTACK_CGROUP_FILES_H
#include <stdbool.h>
#include <sys/types.h>
extern int cgroup_events_fd, cgroup_members_fd;
int cgroup_start(void);
void cgroup_signal(int signal);
void cgroup_each(void (*fn)(pid_t pid, void *context), void *context);
bool cgroup_populated(void);
bool cgroup_frozen(void);
#endif
