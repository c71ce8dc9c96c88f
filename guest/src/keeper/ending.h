/* The sandbox's end, seen from outside: nothing is left but a record of how it was. */
#ifndef SANDSTACK_ENDING_H
#define SANDSTACK_ENDING_H
#include <stdbool.h>
#include <stdint.h>
#include "fields.h"

struct ending {
    const char *how; /* as in ended.json */
    bool task, has_code, has_signal;
    uint64_t code, signal, dropped;
};

/* What the guest's last message says. */
struct ending ending_of(const struct fields *f);
/* Removes processes, cgroups, layers, snapshots, ids and names; then writes the record, unless `e` is NULL or there is one
 * already; then the socket's path. Can be done again. False with a fault, before the record, if something stays. */
bool ending_finish(const struct ending *e);
#endif
