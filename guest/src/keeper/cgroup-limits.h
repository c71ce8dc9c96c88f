/* The payload's bounds, as files of its cgroups: version 2, or the version 1 hierarchy that has the controller. */
#ifndef SANDSTACK_CGROUP_LIMITS_H
#define SANDSTACK_CGROUP_LIMITS_H
#include <stdbool.h>

/* Lets the children of a version 2 cgroup have the controllers that it has itself. */
bool limits_enable(const char *directory);
/* Writes those whose files the payload's cgroup has; false with a fault. */
bool limits_set(const char *payload);
/* False with a fault if a limit found no file in any hierarchy. */
bool limits_complete(void);
#endif
