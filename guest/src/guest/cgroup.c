#include "cgroup.h"
#include "cgroup-files.h"
#include "fork-into.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_JOIN = 16 };

static int join[MAX_JOIN];
static size_t join_count;
static int into_fd = -1, enter_fd = -1, kill_fd = -1, freeze_fd = -1, memory_fd = -1, oom_fd = -1, cpu_fd = -1, pids_fd = -1;
int cgroup_events_fd = -1, cgroup_members_fd = -1;

static const struct {
    const char *name;
    int *fd;
} files[] = {
    {"into", &into_fd},           {"enter", &enter_fd},         {"kill", &kill_fd},           {"freeze", &freeze_fd},     {"events", &cgroup_events_fd},
    {"members", &cgroup_members_fd}, {"memory.usage", &memory_fd}, {"memory.oom", &oom_fd},
    {"cpu.usage", &cpu_fd},       {"pids.current", &pids_fd},
};

bool cgroup_take(const char *name, int fd) {
    if (strcmp(name, "join") == 0 && join_count < MAX_JOIN) {
        join[join_count++] = fd;
        return true;
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (strcmp(name, files[i].name) != 0) continue;
        *files[i].fd = fd;
        return true;
    }
    return false;
}

bool cgroup_complete(void) {
    return kill_fd >= 0 && freeze_fd >= 0 && cgroup_events_fd >= 0 && cgroup_members_fd >= 0 &&
           (into_fd >= 0 ? enter_fd >= 0 : join_count > 0);
}

/* Newer kernels (seen on 6.18) kill what is born into a cgroup whose cgroup.kill was ever written. On machines that mount
 * the tree with `nsdelegate` nobody is born from outside a cgroup namespace into it; the keeper's descriptor leads in. */
static bool barren;

static bool is_birthplace(void) {
    return into_fd >= 0 && !barren;
}

static pid_t fork_child(void) {
    pid_t child = is_birthplace() ? fork_into(into_fd) : _Fork();
    if (child >= 0 || errno != ENOENT) return child;
    barren = true;
    return _Fork();
}

static int enter(void) {
    return write(enter_fd, "0", 1) == 1 ? 0 : -1;
}

static int join_all(void) {
    if (into_fd >= 0 && !is_birthplace() && enter() < 0) return -1;
    for (size_t i = 0; i < join_count; i++)
        if (write(join[i], "0", 1) != 1) return -1;
    return 0;
}

/* These writes cannot fail in a way that the guest could repair: it looks at cgroup.events for what came of them. */
static void tell(int fd, const char *value) {
    ssize_t written = pwrite(fd, value, 1, 0);
    (void)written;
}

static void kill_all(void) {
    tell(kill_fd, "1");
    barren = true;
}

static void freeze(bool frozen) {
    tell(freeze_fd, frozen ? "1" : "0");
}

/* The number of a file, behind `key` at the start of a line, or the whole file's where key is "". */
static bool number(int fd, const char *key, uint64_t *out) {
    char text[4096];
    ssize_t length = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);
    if (length <= 0) return false;
    text[length] = 0;
    size_t key_length = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncmp(line, key, key_length) != 0 || (key_length && line[key_length] != ' ')) continue;
        char *end;
        *out = strtoull(line + key_length, &end, 10);
        return end > line + key_length;
    }
    return false;
}

bool cgroup_memory(uint64_t *bytes) {
    return number(memory_fd, "", bytes);
}

bool cgroup_pids(uint64_t *count) {
    return number(pids_fd, "", count);
}

bool cgroup_cpu(uint64_t *ns) {
    if (number(cpu_fd, "", ns)) return true;
    if (!number(cpu_fd, "usage_usec", ns)) return false;
    *ns *= 1000;
    return true;
}

uint64_t cgroup_oom_kills(void) {
    uint64_t count = 0;
    return number(oom_fd, "oom_kill", &count) ? count : 0;
}

const struct payload_way payload_by_cgroup = {
    .start = cgroup_start,
    .fork = fork_child,
    .join = join_all,
    .kill = kill_all,
    .signal = cgroup_signal,
    .each = cgroup_each,
    .freeze = freeze,
    .populated = cgroup_populated,
    .frozen = cgroup_frozen,
    .memory = cgroup_memory,
    .cpu = cgroup_cpu,
    .pids = cgroup_pids,
    .oom_kills = cgroup_oom_kills,
};
