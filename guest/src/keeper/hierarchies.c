#include "hierarchies.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cgroup-limits.h"
#include "fault.h"
#include "fork-into.h"
#include "ids.h"
#include "message.h"
#include "path.h"
#include "protocol.h"
#include "spec.h"

enum { TRIES = 3000, PAUSE_US = 1000 };

static bool entered;
static pid_t mover;

/* `controller:directory`. */
static const char *directory_of(const char *cgroup) {
    const char *colon = strchr(cgroup, ':');
    return colon ? colon + 1 : cgroup;
}

bool hierarchies_is_unified(const char *cgroup) {
    return strncmp(cgroup, "unified:", 8) == 0;
}

static const char *unified(void) {
    for (char **c = spec.cgroups; *c; c++)
        if (hierarchies_is_unified(*c)) return directory_of(*c);
    return NULL;
}

static struct path parent_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return path_of("%.*s", (int)(slash ? slash - path : 0), path);
}

/* Where the payload is. Version 2 keeps who holds the sandbox up beside it; in version 1 it is alone. */
struct path hierarchies_payload(const char *cgroup) {
    return path_of(hierarchies_is_unified(cgroup) ? "%s/payload" : "%s", directory_of(cgroup));
}

/* Version 1 gives a new cpuset no processors, and nobody can enter one without: it gets what is above it. */
static bool fill_cpuset(const char *directory) {
    static const char *const files[] = {"cpuset.cpus", "cpuset.mems"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct path own = path_of("%s/%s", directory, files[i]);
        char value[4096];
        if (access(own.text, F_OK) < 0) continue;
        file_get(own.text, value, sizeof value);
        if (value[0] > ' ') continue;
        file_get(path_of("%s/%s", parent_of(directory).text, files[i]).text, value, sizeof value);
        if (file_tell(own.text, value) < 0) return fault_errno("writing %s", own.text);
    }
    return true;
}

/* Its parent goes with the last sandbox, which may be right now. */
static bool make_directory(const char *directory, bool version_2) {
    struct path parent = parent_of(directory);
    for (int i = 0; i < TRIES; i++) {
        if (mkdir(parent.text, 0755) < 0 && errno != EEXIST) break;
        if (version_2 && i == 0 && !limits_enable(parent_of(parent.text).text)) return false;
        if (mkdir(directory, 0755) == 0) return !version_2 || (limits_enable(parent.text) && limits_enable(directory));
        if (errno != ENOENT) break;
    }
    return fault_errno("making cgroup %s", directory);
}

/* Who forks into a cgroup must be allowed to write to it, and to what is above it and where he comes from. The payload
 * has another uid, and no sight of the tree. */
static bool open_to_guest(const char *directory) {
    struct path members = path_of("%s/cgroup.procs", directory);
    return chown(members.text, spec.uid_base + GUEST_UID, (gid_t)-1) == 0 || fault_errno("giving %s to the guest", members.text);
}

bool hierarchies_start(void) {
    const char *directory = unified();
    if (!directory) return fault_set("KERNEL_TOO_OLD", "there is no cgroup version 2 tree");
    struct path keeper = path_of("%s/keeper", directory);
    return make_directory(directory, true) && (mkdir(keeper.text, 0755) == 0 || fault_errno("making cgroup %s", keeper.text));
}

static bool make_unified(const char *directory, const char *payload) {
    if (mkdir(payload, 0755) < 0) return fault_errno("making cgroup %s", payload);
    return open_to_guest(directory) && open_to_guest(payload);
}

bool hierarchies_make(void) {
    for (char **c = spec.cgroups; *c; c++) {
        const char *directory = directory_of(*c);
        struct path payload = hierarchies_payload(*c);
        bool made = hierarchies_is_unified(*c) ? make_unified(directory, payload.text) : make_directory(directory, false);
        if (made && !hierarchies_is_unified(*c)) made = fill_cpuset(parent_of(directory).text) && fill_cpuset(directory);
        if (!made || !limits_set(payload.text)) return false;
    }
    return limits_complete();
}

pid_t hierarchies_fork(void) {
    int keeper = open(path_of("%s/keeper", unified()).text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    pid_t child = keeper < 0 ? -1 : fork_into(keeper);
    if (child != 0 && keeper >= 0) close(keeper);
    return child;
}

static bool move(pid_t pid) {
    return file_tell(path_of("%s/keeper/cgroup.procs", unified()).text, path_of("%d", (int)pid).text) == 0;
}

void hierarchies_enter(void) {
    entered = move(getpid());
}

void hierarchies_enter_aside(void) {
    pid_t keeper = getpid();
    mover = fork();
    entered = mover > 0;
    if (mover != 0) return;
    close_range(0, ~0u, 0);
    bool followed = prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == keeper;
    _exit(followed && move(keeper) ? 0 : 1);
}

static const struct {
    const char *name, *file;
    int flags;
    enum { VERSION_1, VERSION_2, EITHER } version;
} passed[] = {
    {"into", ".", O_RDONLY | O_DIRECTORY, VERSION_2},
    {"enter", "cgroup.procs", O_WRONLY, VERSION_2},
    {"kill", "cgroup.kill", O_WRONLY, VERSION_2},
    {"freeze", "cgroup.freeze", O_WRONLY, VERSION_2},
    {"events", "cgroup.events", O_RDONLY, VERSION_2},
    {"members", "cgroup.procs", O_RDONLY, VERSION_2},
    {"cpu.usage", "cpu.stat", O_RDONLY, VERSION_2},
    /* A thread moves itself without waiting for all others of the machine, as a process does. */
    {"join", "tasks", O_WRONLY, VERSION_1},
    {"memory.usage", "memory.current", O_RDONLY, EITHER},
    {"memory.usage", "memory.usage_in_bytes", O_RDONLY, EITHER},
    {"memory.oom", "memory.events", O_RDONLY, EITHER},
    {"memory.oom", "memory.oom_control", O_RDONLY, EITHER},
    {"pids.current", "pids.current", O_RDONLY, EITHER},
};

static bool open_files(int payload, bool version_2, struct writer *config, int *descriptors, size_t *count) {
    for (size_t i = 0; i < sizeof passed / sizeof *passed && *count < MESSAGE_DESCRIPTORS; i++) {
        if (passed[i].version == (version_2 ? VERSION_1 : VERSION_2)) continue;
        int fd = openat(payload, passed[i].file, passed[i].flags | O_CLOEXEC);
        if (fd < 0 && errno == ENOENT) continue;
        if (fd < 0) return false;
        writer_text(config, TAG_CGROUP, passed[i].name);
        descriptors[(*count)++] = fd;
    }
    return true;
}

bool hierarchies_open(struct writer *config, int *descriptors, size_t *count) {
    for (char **c = spec.cgroups; *c; c++) {
        struct path path = hierarchies_payload(*c);
        int payload = open(path.text, O_PATH | O_DIRECTORY | O_CLOEXEC);
        bool opened = payload >= 0 && open_files(payload, hierarchies_is_unified(*c), config, descriptors, count);
        if (!opened) fault_errno("opening cgroup %s", path.text);
        if (payload >= 0) close(payload);
        if (!opened) return false;
    }
    return true;
}

/* Removes a cgroup and those below it; false if something runs in one. */
static bool remove_below(const char *directory) {
    DIR *listing = opendir(directory);
    bool removed = true;
    for (struct dirent *entry = listing ? readdir(listing) : NULL; entry; entry = readdir(listing))
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            removed = remove_below(path_of("%s/%s", directory, entry->d_name).text) && removed;
    if (listing) closedir(listing);
    return removed && (rmdir(directory) == 0 || errno == ENOENT);
}

static bool remove_one(const char *cgroup) {
    const char *directory = directory_of(cgroup);
    for (int i = 0; i < TRIES; i++) {
        if (hierarchies_is_unified(cgroup)) {
            struct path outside = path_of("%s/cgroup.procs", parent_of(parent_of(directory).text).text);
            if (entered && file_tell(outside.text, "0") == 0) entered = false;
            file_tell(path_of("%s/cgroup.kill", directory).text, "1");
        }
        while (waitpid(-1, NULL, WNOHANG) > 0) continue;
        if (remove_below(directory)) {
            rmdir(parent_of(directory).text); /* not the last one: it stays */
            return true;
        }
        usleep(PAUSE_US);
    }
    return fault_errno("removing cgroup %s", directory);
}

bool hierarchies_remove(void) {
    bool removed = true;
    /* Not that it moves this process back in. */
    if (mover > 0) waitpid(mover, NULL, 0);
    for (char **c = spec.cgroups; *c; c++) removed = remove_one(*c) && removed;
    return removed;
}
