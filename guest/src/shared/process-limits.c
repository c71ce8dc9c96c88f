#include "process-limits.h"
#include <stdio.h>

#define UNLIMITED RLIM_INFINITY

enum {
    KIB = 1024,
    OPEN_FILES = 16384,
    /* Bounds of each user. On nspawn they count for the machine's root as well (keeper/proc.c), who has 819,200 bytes and some ten
     * thousands of signals. A queue of the usual 10 messages of 8 KiB takes 83,000; a POSIX timer takes a signal. */
    QUEUE_BYTES = 204800,
    PENDING_SIGNALS = 2048,
    SPARE_PROCESSES = 64,
};

/* No hard limit is above what a login shell, a CI job or a container usually has. */
static const struct {
    int resource;
    rlim_t soft, hard;
    const char *name;
    char option;
} limits[] = {
    {RLIMIT_AS, UNLIMITED, UNLIMITED, "virtual memory", 'v'},
    {RLIMIT_CPU, UNLIMITED, UNLIMITED, "CPU time", 't'},
    {RLIMIT_DATA, UNLIMITED, UNLIMITED, "data segments", 'd'},
    {RLIMIT_FSIZE, UNLIMITED, UNLIMITED, "file sizes", 'f'},
    {RLIMIT_LOCKS, UNLIMITED, UNLIMITED, "file locks", 'x'},
    {RLIMIT_MEMLOCK, 64 * KIB, 64 * KIB, "locked memory", 'l'},
    {RLIMIT_MSGQUEUE, QUEUE_BYTES, QUEUE_BYTES, "message queues", 'q'},
    {RLIMIT_NICE, 0, 0, "scheduling priority", 'e'},
    {RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES, "open files", 'n'},
    {RLIMIT_RSS, UNLIMITED, UNLIMITED, "resident memory", 'm'},
    {RLIMIT_RTPRIO, 0, 0, "real-time priority", 'r'},
    {RLIMIT_RTTIME, UNLIMITED, UNLIMITED, "real-time CPU time", 'R'},
    {RLIMIT_SIGPENDING, PENDING_SIGNALS, PENDING_SIGNALS, "pending signals", 'i'},
    {RLIMIT_STACK, 8192 * KIB, UNLIMITED, "stacks", 's'},
};

rlim_t process_limit_of(uint64_t processes, bool one_user) {
    return processes && !one_user ? processes + SPARE_PROCESSES : processes;
}

static bool set(int resource, rlim_t soft, rlim_t hard, rlim_t *found) {
    struct rlimit now = {0};
    if (getrlimit(resource, &now) < 0) return false;
    *found = now.rlim_max;
    if (now.rlim_cur == soft && now.rlim_max == hard) return true;
    return setrlimit(resource, &(struct rlimit){soft, hard}) == 0;
}

/* All that the hard limit allows, and `least` at least. */
static bool set_high(int resource, rlim_t least, rlim_t *found) {
    struct rlimit now = {0};
    if (getrlimit(resource, &now) < 0) return false;
    rlim_t limit = now.rlim_max < least ? least : now.rlim_max;
    return set(resource, limit, limit, found);
}

/* Linux counts them for whoever made a user namespace too: all of his namespaces together get no more than he was allowed when he
 * made the one that asks. So who makes one still has to have the machine's. */
static bool is_counted(int resource) {
    return resource == RLIMIT_SIGPENDING || resource == RLIMIT_MSGQUEUE || resource == RLIMIT_MEMLOCK;
}

bool process_limits_set(uint64_t processes, bool makes_namespace, struct low_limit *low) {
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        int resource = limits[i].resource;
        rlim_t hard = limits[i].hard;
        *low = (struct low_limit){limits[i].name, limits[i].option, 0, hard};
        bool high = makes_namespace && is_counted(resource);
        if (!(high ? set_high(resource, hard, &low->hard) : set(resource, limits[i].soft, hard, &low->hard))) return false;
    }
    *low = (struct low_limit){"processes", 'u', 0, processes};
    /* Each command has its own, for SET_LIMITS may raise it later. */
    return set_high(RLIMIT_NPROC, processes, &low->hard);
}

const char *process_limit_text(rlim_t value, char out[24]) {
    if (value == RLIM_INFINITY) return "unlimited";
    snprintf(out, 24, "%llu", (unsigned long long)value);
    return out;
}

/* ulimit counts these in KiB. */
static rlim_t in_units(char option, rlim_t value) {
    bool kib = option == 'v' || option == 'd' || option == 'l' || option == 'm' || option == 's' || option == 'f';
    return kib && value != RLIM_INFINITY ? value / KIB : value;
}

void process_limits_explain(const struct low_limit *low, char *out, size_t room) {
    char is[24], ours[24];
    const char *wanted = process_limit_text(in_units(low->option, low->ours), ours);
    snprintf(out, room,
             "the hard limit on %s (ulimit -H -%c) is %s, and may not be raised to %s. Raise it to %s where it was lowered, or "
             "give whoever makes sandboxes CAP_SYS_RESOURCE",
             low->name, low->option, process_limit_text(in_units(low->option, low->hard), is), wanted, wanted);
}
