#include "cgroup-limits.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "fault.h"
#include "path.h"
#include "spec.h"

enum { PERIOD_US = 100000, THOUSAND = 1000 };

static const char *const controllers[] = {"pids", "memory", "cpu"};
static bool has_pids, has_memory, has_cpu;

bool limits_enable(const char *directory) {
    char available[512];
    file_get(path_of("%s/cgroup.controllers", directory).text, available, sizeof available);
    struct path control = path_of("%s/cgroup.subtree_control", directory);
    for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++) {
        struct path word = path_of("+%s", controllers[i]);
        if (!strstr(available, controllers[i])) continue;
        if (file_tell(control.text, word.text) < 0) return fault_errno("giving %s to the cgroups below %s", controllers[i], directory);
    }
    return true;
}

/* Writes a file if the cgroup has it and the limit is one; *has becomes true where it has. */
static bool write_number(const char *payload, const char *file, uint64_t value, bool *has) {
    struct path path = path_of("%s/%s", payload, file);
    if (access(path.text, F_OK) < 0) return true;
    if (has) *has = true;
    if (file_tell(path.text, path_of("%llu", (unsigned long long)value).text) == 0) return true;
    return fault_errno("writing %llu to %s", (unsigned long long)value, path.text);
}

/* Swap counts: version 1 bounds both together, version 2 has none of it. Version 1 counts the buffers of sockets apart, and
 * without a bound of their own they have none. */
static bool set_memory(const char *payload) {
    return write_number(payload, "memory.max", spec.memory, &has_memory) &&
           write_number(payload, "memory.swap.max", 0, NULL) &&
           write_number(payload, "memory.limit_in_bytes", spec.memory, &has_memory) &&
           write_number(payload, "memory.memsw.limit_in_bytes", spec.memory, NULL) &&
           write_number(payload, "memory.kmem.tcp.limit_in_bytes", spec.memory, NULL);
}

static bool set_cpu(const char *payload) {
    uint64_t quota = spec.cpus * PERIOD_US / THOUSAND;
    struct path path = path_of("%s/cpu.max", payload);
    if (access(path.text, F_OK) == 0) {
        has_cpu = true;
        struct path value = path_of("%llu %d", (unsigned long long)quota, PERIOD_US);
        if (file_tell(path.text, value.text) < 0) return fault_errno("writing %s to %s", value.text, path.text);
    }
    return write_number(payload, "cpu.cfs_quota_us", quota, &has_cpu);
}

bool limits_set(const char *payload) {
    if (spec.processes && !write_number(payload, "pids.max", spec.processes, &has_pids)) return false;
    if (spec.memory && !set_memory(payload)) return false;
    return spec.cpus == 0 || set_cpu(payload);
}

bool limits_complete(void) {
    const char *lacking = spec.processes && !has_pids ? "pids" : spec.memory && !has_memory ? "memory" : spec.cpus && !has_cpu ? "cpu" : NULL;
    return !lacking || fault_set("UNSUPPORTED", "this machine has no cgroup controller %s, which the limit needs", lacking);
}
