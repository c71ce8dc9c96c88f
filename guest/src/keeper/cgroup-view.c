/* A /sys with nothing but the sandbox's own cgroups, read-only, where programs look for their limits: as in a container, one
 * directory for each controller of version 1, or the one of version 2. Put together once, and copied into every root. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fault.h"
#include "hierarchies.h"
#include "mounts.h"
#include "path.h"
#include "payload-root.h"
#include "scratch.h"
#include "spec.h"

enum { FROZEN = MOUNT_READ_ONLY | MOUNT_NO_SUID | MOUNT_NO_DEVICES | MOUNT_NO_EXEC };

#define PLACE "sys/fs/cgroup"

static bool there;

static bool put_one(const char *cgroup, const char *place) {
    int mount = mount_clone(AT_FDCWD, hierarchies_payload(cgroup).text, FROZEN, -1);
    return mount >= 0 && mount_put_at(mount, AT_FDCWD, place);
}

/* Processors and the time they took are mostly one hierarchy, which goes by both names. */
static bool name_again(const char *place) {
    if (access(path_of("%s/cpuacct.usage", place).text, F_OK) < 0 || access(PLACE "/cpuacct", F_OK) == 0) return true;
    return symlink("cpu", PLACE "/cpuacct") == 0 || fault_errno("naming %s", place);
}

static bool put_version_1(bool *any) {
    for (char **c = spec.cgroups; *c; c++) {
        const char *colon = strchr(*c, ':');
        if (!colon || hierarchies_is_unified(*c)) continue;
        struct path place = path_of(PLACE "/%.*s", (int)(colon - *c), *c);
        if (!scratch_directory(place.text) || !put_one(*c, place.text)) return false;
        if (strncmp(*c, "cpu:", 4) == 0 && !name_again(place.text)) return false;
        *any = true;
    }
    return true;
}

static bool put_version_2(void) {
    for (char **c = spec.cgroups; *c; c++)
        if (hierarchies_is_unified(*c)) return put_one(*c, PLACE);
    return true;
}

bool cgroup_view_start(void) {
    static const char *const options[] = {"mode", "755", "size", "16k", "nr_inodes", "64", NULL};
    int sys = mount_new("tmpfs", MOUNT_NO_SUID | MOUNT_NO_DEVICES | MOUNT_NO_EXEC, options);
    int copy = sys < 0 ? -1 : fcntl(sys, F_DUPFD_CLOEXEC, 3);
    bool version_1 = false;
    there = copy >= 0 && scratch_directory("sys") && mount_put_at(sys, AT_FDCWD, "sys") && scratch_directory("sys/fs") &&
            scratch_directory(PLACE) && put_version_1(&version_1) && (version_1 || put_version_2()) && mount_change(copy, MOUNT_READ_ONLY);
    if (copy >= 0) close(copy);
    return there || fault_errno("showing the sandbox its cgroups");
}

bool cgroup_view_put(int directory) {
    int sys = mount_clone_all(AT_FDCWD, "sys");
    return mount_put(sys, directory);
}

bool cgroup_view_is_there(void) {
    return there;
}
