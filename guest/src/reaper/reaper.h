/* The role `reaper`: in a container of its own with the engine's socket, it ends sandboxes whose time is over. */
#ifndef SANDSTACK_REAPER_H
#define SANDSTACK_REAPER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Asks the engine; the answer's status, 0 where there was none. Its body, as much as has room, ends with a zero. */
int engine_ask(const char *method, const char *path, char *body, size_t room);

/* Calls fn with each lease's sandbox and deadline, in ms since 1970; fn says whether the lease is done with. How many are left; -1 with errno. */
int leases_each(const char *folder, bool (*fn)(const char *id, uint64_t deadline));
#endif
