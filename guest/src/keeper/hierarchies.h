/* The sandbox's own cgroups, from outside: made by the keeper, removed by keeper or sweep. In the version 2 tree the
 * keeper and all that holds the sandbox up live in `<name>/keeper`; the payload has `<name>/payload` there, and `<name>`
 * in those of version 1. cgroup.h is the same seen by the guest. */
#ifndef SANDSTACK_HIERARCHIES_H
#define SANDSTACK_HIERARCHIES_H
#include <stdbool.h>
#include <sys/types.h>
#include "fields.h"
#include "path.h"

/* Reads one of the spec's `controller:directory`: where the payload is, which is below it in version 2. */
struct path hierarchies_payload(const char *cgroup);
bool hierarchies_is_unified(const char *cgroup);
/* Makes `<name>/keeper`; false with a fault. */
bool hierarchies_start(void);
/* Makes the payload's with their limits; false with a fault, also where no hierarchy has a limit that was asked for. */
bool hierarchies_make(void);
/* Forks a child that lives in `<name>/keeper`; -1 with errno. */
pid_t hierarchies_fork(void);
/* Moves this process there, which takes a while and keeps others waiting. */
void hierarchies_enter(void);
/* The same by a process of its own, while this one goes on. The kernel waits a grace period for the first move, and not
 * for those right after it: nspawn's own are then free. Nobody can be born into a cgroup meanwhile. */
void hierarchies_enter_aside(void);
/* Opens what CONFIG passes on: names into `config`, descriptors behind those that are there; false with a fault. */
bool hierarchies_open(struct writer *config, int *descriptors, size_t *count);
/* Ends everything that runs in them but this process, and removes them; false if something stays. */
bool hierarchies_remove(void);
#endif
