/* A rule denies a system call; with conditions, only where all of them hold. */
#ifndef SANDSTACK_SECCOMP_RULES_H
#define SANDSTACK_SECCOMP_RULES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_VALUES = 4, MAX_CONDITIONS = 2 };

/* The low 32 bits of an argument, masked, are (or are not) one of the values. Int arguments have no more bits. */
struct condition {
    uint8_t argument;
    uint8_t count; /* of values; 0: no condition */
    bool in;
    uint32_t mask;
    uint32_t values[MAX_VALUES];
};

struct rule {
    int number;
    int error;
    struct condition conditions[MAX_CONDITIONS];
};

extern const struct rule seccomp_rules[];
extern const size_t seccomp_rule_count;
/* System V IPC and message queues: denied where the sandbox has no IPC namespace of its own. */
extern const int seccomp_ipc[];
extern const size_t seccomp_ipc_count;
#endif
