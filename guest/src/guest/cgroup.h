/* The payload as what is in its cgroups, through the descriptors that the keeper passed (names: guest/PROTOCOL.md). */
#ifndef SANDSTACK_CGROUP_H
#define SANDSTACK_CGROUP_H
#include <stdbool.h>
#include <stdint.h>
#include "payload.h"

/* Keeps a descriptor of CONFIG by its name; false for a name that the guest does not know. */
bool cgroup_take(const char *name, int fd);
/* False if one that is needed is missing. */
bool cgroup_complete(void);

extern const struct payload_way payload_by_cgroup;

/* Numbers of the payload; false where the keeper passed no such file. */
bool cgroup_memory(uint64_t *bytes);
bool cgroup_cpu(uint64_t *ns);
bool cgroup_pids(uint64_t *count);
uint64_t cgroup_oom_kills(void);
#endif
