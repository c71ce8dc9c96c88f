#include "seccomp.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "known-calls.h"
#include "seccomp-rules.h"

#ifdef __x86_64__
enum { NATIVE = AUDIT_ARCH_X86_64, X32 = 0x40000000 };
#else
enum { NATIVE = AUDIT_ARCH_AARCH64 };
#endif

enum { ROOM = 1024 };

struct program {
    struct sock_filter code[ROOM];
    unsigned short length;
};

static void add(struct program *p, unsigned code, uint32_t k, unsigned if_true, unsigned if_false) {
    if (p->length < ROOM)
        p->code[p->length] = (struct sock_filter){(uint16_t)code, (uint8_t)if_true, (uint8_t)if_false, k};
    p->length++;
}

static void load(struct program *p, size_t offset) {
    add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void give(struct program *p, uint32_t action) {
    add(p, BPF_RET | BPF_K, action, 0, 0);
}

/* Falls through if the condition holds; else jumps over `skip` instructions behind it. */
static void add_condition(struct program *p, const struct condition *c, unsigned skip) {
    load(p, offsetof(struct seccomp_data, args) + c->argument * sizeof(uint64_t) + c->high * sizeof(uint32_t)); /* little endian */
    add(p, BPF_ALU | BPF_AND | BPF_K, c->mask, 0, 0);
    for (unsigned i = 0; i < c->count; i++) {
        unsigned left = c->count - 1u - i;
        if (c->in) add(p, BPF_JMP | BPF_JEQ | BPF_K, c->values[i], left, left ? 0 : skip);
        else add(p, BPF_JMP | BPF_JEQ | BPF_K, c->values[i], left + skip, 0);
    }
}

static unsigned condition_length(const struct condition *c) {
    return c->count ? 2u + c->count : 0;
}

static void add_rule(struct program *p, const struct rule *rule) {
    unsigned second = condition_length(&rule->conditions[1]);
    unsigned body = condition_length(&rule->conditions[0]) + second;
    /* Behind the conditions: the verdict; behind that, the number again for the next rule. */
    add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)rule->number, 0, body + 1 + (body > 0));
    if (body) add_condition(p, &rule->conditions[0], second + 1);
    if (second) add_condition(p, &rule->conditions[1], 1);
    give(p, SECCOMP_RET_ERRNO | (uint32_t)rule->error);
    if (body) load(p, offsetof(struct seccomp_data, nr));
}

static void add_start(struct program *p) {
    load(p, offsetof(struct seccomp_data, arch));
    add(p, BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0);
    give(p, SECCOMP_RET_KILL_PROCESS);
    load(p, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
    add(p, BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1);
    give(p, SECCOMP_RET_KILL_PROCESS);
#endif
}

/* Gives ENOSYS for the numbers between the ranges, and above the last. */
static void add_ceiling(struct program *p) {
    for (size_t i = 0; i < known_call_ranges; i++) {
        unsigned behind = i + 1 < known_call_ranges ? 2 : 1;
        add(p, BPF_JMP | BPF_JGT | BPF_K, known_calls[i].last, 0, behind);
        if (behind == 2) add(p, BPF_JMP | BPF_JGE | BPF_K, known_calls[i + 1].first, 1, 0);
        give(p, SECCOMP_RET_ERRNO | ENOSYS);
    }
}

static void add_rules(struct program *p, const struct rule *rules, size_t count) {
    for (size_t i = 0; i < count; i++) add_rule(p, &rules[i]);
}

/* As the guest's uid a process could signal it. */
static void add_uid_rules(struct program *p, uint32_t uid) {
    static const struct {
        int number;
        unsigned arguments;
    } calls[] = {{SYS_setuid, 1}, {SYS_setreuid, 2}, {SYS_setresuid, 3}, {SYS_setfsuid, 1}};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        for (unsigned argument = 0; argument < calls[i].arguments; argument++) {
            struct condition is = {.argument = (uint8_t)argument, .in = true, .mask = ~0u, .count = 1, .values = {uid}};
            add_rule(p, &(struct rule){.number = calls[i].number, .error = EPERM, .conditions = {is}});
        }
}

static int install(const struct program *p) {
    if (p->length > ROOM) {
        errno = E2BIG;
        return -1;
    }
    struct sock_fprog program = {.len = p->length, .filter = (struct sock_filter *)p->code};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

/* A system call of limits: the argument that says which limit is one of file locks; the one that says what it is to be is no null pointer,
 * by its lower or its higher half. */
#define LOCKS(a) {.argument = a, .in = true, .mask = ~0u, .count = 1, .values = {RLIMIT_LOCKS}}
#define GIVEN(a, upper) {.argument = a, .high = upper, .in = false, .mask = ~0u, .count = 1, .values = {0}}

int seccomp_seal(void) {
    static const struct rule rules[] = {
        {.number = SYS_setrlimit, .error = 0, .conditions = {LOCKS(0)}},
        {.number = SYS_prlimit64, .error = 0, .conditions = {LOCKS(1), GIVEN(2, false)}},
        {.number = SYS_prlimit64, .error = 0, .conditions = {LOCKS(1), GIVEN(2, true)}},
        {.number = SYS_clone3, .error = ENOSYS},
    };
    static struct program p;
    load(&p, offsetof(struct seccomp_data, nr));
    add_rules(&p, rules, sizeof rules / sizeof *rules);
    give(&p, SECCOMP_RET_ALLOW);
    return install(&p);
}

int seccomp_install(uint32_t guest_uid, bool namespaces) {
    static struct program p;
    add_start(&p);
    add_ceiling(&p);
    if (guest_uid) add_uid_rules(&p, guest_uid);
    if (!namespaces) add_rules(&p, seccomp_shared_rules, seccomp_shared_rule_count);
    add_rules(&p, seccomp_rules, seccomp_rule_count);
    give(&p, SECCOMP_RET_ALLOW);
    return install(&p);
}
