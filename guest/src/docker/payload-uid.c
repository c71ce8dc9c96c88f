#include "payload-uid.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "cgroup.h"
#include "guest.h"
#include "members.h"
#include "privileges.h"
#include "stopped.h"

enum { LOOK_MS = 3 };

/* A child that begins while this is set stops before it becomes one of the payload. */
static bool frozen;
static bool killing;

/* kill(-1) reaches all that the caller may signal: as the payload's user, without the right to signal others, exactly the
 * payload. The kernel lets nobody fork meanwhile, so that none is missed, and no process is made for it: there may be no
 * room for one. The real uid is nobody's meanwhile: the guest's would reach bridges, and who has the payload's may be
 * signalled by it. Its capabilities keep the guest from being slowed down by who has its effective uid. */
static void signal_all(int signal_number) {
    if (privileges_may_kill(false) == 0 && setresuid(NOBODYS_UID, guest.only_uid, -1) == 0) kill(-1, signal_number);
    if (setresuid(GUEST_UID, GUEST_UID, -1) < 0 || privileges_may_kill(true) < 0) _exit(1);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* a change of ids sets it to what the system says */
}

/* None of them can be another process by now: the guest reaps them. */
static bool signal_arriving(const struct member *m, void *context) {
    if (m->arriving && !m->dead) kill(m->pid, *(int *)context);
    return true;
}

/* In this order, or one that arrives in between would get nothing. */
static void signal_members(int signal_number) {
    members_each(signal_arriving, &signal_number);
    signal_all(signal_number);
}

struct each {
    void (*fn)(pid_t pid, void *context);
    void *context;
};

static bool call(const struct member *m, void *context) {
    const struct each *e = context;
    if (!m->dead) e->fn(m->pid, e->context);
    return true;
}

static void each(void (*fn)(pid_t pid, void *context), void *context) {
    members_each(call, &(struct each){fn, context});
}

static void kill_all(void) {
    killing = true;
    signal_members(SIGKILL);
}

static bool is_alive(const struct member *m, void *context) {
    (void)context;
    return m->dead;
}

static bool populated(void) {
    bool any = !members_each(is_alive, NULL);
    if (any && killing) signal_members(SIGKILL);
    killing = killing && any;
    return any;
}

static void freeze(bool on) {
    if (on == frozen) return;
    frozen = on;
    if (on) {
        stopped_remember();
        signal_members(SIGSTOP);
    } else if (!stopped_resume()) signal_members(SIGCONT);
}

static bool is_frozen(void) {
    if (stopped_all()) return true;
    if (frozen) signal_members(SIGSTOP);
    return false;
}

/* The guest shares the container's memory with the payload: the kernel is to take something of that first, however small.
 * Where it cannot be told so the command runs all the same. */
static int join(void) {
    members_prefer_for_oom();
    return frozen ? raise(SIGSTOP) : 0;
}

/* The engine shows a container its own cgroups, read-only: version 2, or version 1. */
static void open_number(const char *name, const char *const paths[2]) {
    int fd = -1;
    for (int i = 0; i < 2 && fd < 0; i++) fd = open(paths[i], O_RDONLY | O_CLOEXEC);
    if (fd >= 0) cgroup_take(name, fd);
}

static int start(void) {
    open_number("memory.usage", (const char *const[]){"/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes"});
    open_number("memory.oom", (const char *const[]){"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"});
    open_number("cpu.usage", (const char *const[]){"/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpuacct/cpuacct.usage"});
    return 0;
}

static bool add_memory(const struct member *m, void *context) {
    *(uint64_t *)context += member_memory(m);
    return true;
}

static bool add_cpu(const struct member *m, void *context) {
    *(uint64_t *)context += member_cpu(m);
    return true;
}

static bool add_threads(const struct member *m, void *context) {
    if (!m->dead) *(uint64_t *)context += m->threads;
    return true;
}

static bool memory(uint64_t *bytes) {
    *bytes = 0;
    return cgroup_memory(bytes) || members_each(add_memory, bytes);
}

static bool cpu(uint64_t *ns) {
    *ns = 0;
    return cgroup_cpu(ns) || members_each(add_cpu, ns);
}

/* The container's own number counts the guest too, and bridges. */
static bool pids(uint64_t *count) {
    *count = 0;
    return members_each(add_threads, count);
}

const struct payload_way payload_by_uid = {
    .start = start,
    .fork = _Fork,
    .join = join,
    .kill = kill_all,
    .signal = signal_members,
    .each = each,
    .freeze = freeze,
    .populated = populated,
    .frozen = is_frozen,
    .memory = memory,
    .cpu = cpu,
    .pids = pids,
    .oom_kills = cgroup_oom_kills,
    .look_ms = LOOK_MS,
};
