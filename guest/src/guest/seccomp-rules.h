/* A rule denies a system call; with conditions, only where all of them hold. */
#ifndef SANDSTACK_SECCOMP_RULES_H
#define SANDSTACK_SECCOMP_RULES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_VALUES = 4, MAX_CONDITIONS = 2 };

/* Half of an argument, masked, is (or is not) one of the values: the low one, which is all of an int, or the high one. */
struct condition {
    uint8_t argument;
    bool high;
    uint8_t count; /* of values; 0: no condition */
    bool in;
    uint32_t mask;
    uint32_t values[MAX_VALUES];
};

struct rule {
    int number;
    int error; /* 0: the caller is told that it was done, and it was not */
    struct condition conditions[MAX_CONDITIONS];
};

extern const struct rule seccomp_rules[];
extern const size_t seccomp_rule_count;
/* Rules that deny what reaches beyond a sandbox that has no IPC and pid namespace of its own. */
extern const struct rule seccomp_shared_rules[];
extern const size_t seccomp_shared_rule_count;
#endif
