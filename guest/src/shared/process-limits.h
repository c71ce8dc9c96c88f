/* The resource limits of every process of a sandbox: the same, whoever makes it (docs/process-attributes.md). src/model/process-limits.ts
 * has the hard ones too, for it refuses first. */
#ifndef SANDSTACK_PROCESS_LIMITS_H
#define SANDSTACK_PROCESS_LIMITS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

/* A hard limit below ours, which may not be raised. */
struct low_limit {
    const char *name;  /* for people */
    char option;       /* of ulimit */
    rlim_t hard, ours; /* RLIM_INFINITY: none */
};

/* Gives a command's RLIMIT_NPROC where a payload may have so many processes: a little more, unless the container's one user makes
 * it the first bound. 0: none. */
rlim_t process_limit_of(uint64_t processes, bool one_user);

/* Sets all of this process and all that come from it; but core files have core-limit.h, and the number of processes stays at the
 * hard limit of whoever asks, which has to be `processes` at least. Those that Linux counts for users stay there too where this
 * process makes the sandbox's user namespace. False with the one that is too low. */
bool process_limits_set(uint64_t processes, bool makes_namespace, struct low_limit *low);

/* A limit as people say it: up to 24 characters. */
const char *process_limit_text(rlim_t value, char out[24]);
/* The same of a whole low limit, with the cure. */
void process_limits_explain(const struct low_limit *low, char *out, size_t room);
#endif
