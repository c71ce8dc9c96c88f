#include "process-attributes.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    TIMER_SLACK_NS = 50000,
    MOST_PROCESSORS = 65536,
    IOPRIO_OF_PROCESS = 1, /* IOPRIO_WHO_PROCESS */
    IOPRIO_FROM_NICE = 0,  /* IOPRIO_CLASS_NONE */
    MEMORY_WHERE_IT_RUNS = 0, /* MPOL_DEFAULT */
};

/* struct sched_attr of the kernel's first version; glibc has none before 2.41. */
struct scheduling {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

/* Policy, nice value, and what a fork would change of them. To become nicer needs no right; where all is right nothing is asked. */
static int set_scheduling(void) {
    struct scheduling now = {0}, ours = {.size = sizeof ours, .policy = SCHED_OTHER};
    if (syscall(SYS_sched_getattr, 0, &now, sizeof now, 0) < 0) return -1;
    if (now.policy == ours.policy && now.flags == 0 && now.nice == 0) return 0;
    return (int)syscall(SYS_sched_setattr, 0, &ours, 0);
}

/* The kernel takes those of them that the cpuset has. */
static int set_processors(void) {
    static uint8_t all[MOST_PROCESSORS / 8];
    memset(all, 0xff, sizeof all);
    return (int)syscall(SYS_sched_setaffinity, 0, sizeof all, all);
}

static int set_io_priority(void) {
    return (int)syscall(SYS_ioprio_set, IOPRIO_OF_PROCESS, 0, IOPRIO_FROM_NICE);
}

static int set_timer_slack(void) {
    return prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS, 0, 0, 0);
}

static int set_huge_pages(void) {
    return prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) > 0 ? prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0) : 0;
}

/* An engine's profile denies the next two, and has let nobody change them. */
static int set_personality(void) {
    int now = personality(0xffffffff);
    return now <= 0 ? 0 : personality(PER_LINUX);
}

static int set_memory_policy(void) {
    syscall(SYS_set_mempolicy, MEMORY_WHERE_IT_RUNS, NULL, 0);
    return 0;
}

static int set_mask(void) {
    umask(022);
    return 0;
}

static const struct {
    const char *name;
    int (*set)(void);
} attributes[] = {
    {"scheduling policy and nice value", set_scheduling},
    {"processors", set_processors},
    {"I/O priority", set_io_priority},
    {"timer slack", set_timer_slack},
    {"huge pages", set_huge_pages},
    {"personality", set_personality},
    {"memory policy", set_memory_policy},
    {"umask", set_mask},
};

const char *process_attributes_set(void) {
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (attributes[i].set() < 0) return attributes[i].name;
    return NULL;
}

const char *process_groups_clear(void) {
    return setgroups(0, NULL) == 0 && setresgid(0, 0, 0) == 0 ? NULL : "groups";
}

void process_signals_reset(void) {
    for (int number = 1; number <= SIGRTMAX; number++) signal(number, SIG_DFL);
}
