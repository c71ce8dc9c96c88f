// The sandbox's own cgroup, which it may read: its bounds moved, a cgroup made in it, mounted anew for writing. Files are
// opened, never written; a directory that could be made goes again.
#include <sys/mount.h>
#include <sys/stat.h>
#include "probe.h"

static const char *const places[] = {"", "/memory", "/cpu", "/cpuacct", "/cpuset", "/pids", "/unified"};
static const char *const files[] = {"cgroup.procs", "tasks",          "memory.limit_in_bytes", "cpu.cfs_quota_us", "pids.max",
                                    "memory.max",   "cpuset.cpus",    "cpu.max",               "cgroup.kill",      "cgroup.freeze",
                                    "release_agent", "notify_on_release"};

static void change(const char *place) {
    char path[256];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "/sys/fs/cgroup%s/%s", place, files[i]);
        if (open(path, O_WRONLY) >= 0) succeeded("opened %s", path);
    }
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/probe-%d", place, (int)getpid());
    if (mkdir(path, 0755) == 0 && rmdir(path) == 0) succeeded("made %s", path);
    snprintf(path, sizeof path, "/sys/fs/cgroup%s", place);
    if (chmod(path, 0755) == 0) succeeded("changed the mode of %s", path);
    if (mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL) == 0) succeeded("mounted %s anew", path);
    if (umount2(path, MNT_DETACH) == 0) succeeded("unmounted %s", path);
}

int main(void) {
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) change(places[i]);
    blocked_by_errno("the last");
}
