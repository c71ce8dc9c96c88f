/* A namespace for cgroups: to who is in it the payload's are the root, so that /proc/self/cgroup has no name of the
 * machine's, and agrees with what is mounted at /sys/fs/cgroup. */
#ifndef SANDSTACK_CGROUP_NAMESPACE_H
#define SANDSTACK_CGROUP_NAMESPACE_H

/* Enters it, with all children to come: takes CAP_SYS_ADMIN, and the payload's cgroups. -1 with errno. */
int cgroup_namespace_enter(void);
#endif
