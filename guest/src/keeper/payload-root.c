#include "payload-root.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fault.h"
#include "ids.h"
#include "mounts.h"
#include "path.h"
#include "root-place.h"
#include "scratch.h"
#include "spec.h"

static bool put_lowers(char *const *lowers, size_t *count) {
    for (*count = 0; lowers[*count]; ++*count) {
        struct path name = path_of("l%zu", *count);
        if (*count == MAX_LOWERS) return fault_set("LIMIT", "more than %d layers, one for each snapshot", MAX_LOWERS);
        int mount = mount_clone(AT_FDCWD, lowers[*count], MOUNT_READ_ONLY, scratch_map_fd);
        if (mount < 0) return false;
        if (scratch_directory(name.text)) {
            if (!mount_put_at(mount, AT_FDCWD, name.text)) return false;
        } else {
            close(mount);
            return false;
        }
    }
    return true;
}

/* What a root was put together from, and still stands in the scratch. */
static size_t lowers_left;
static bool left;

void payload_root_tidy(bool taken) {
    root_place_tidy(taken);
    if (!left) return;
    left = false;
    umount2("r", MNT_DETACH);
    for (; lowers_left > 0; lowers_left--) umount2(path_of("l%zu", lowers_left - 1).text, MNT_DETACH);
    umount2("u", MNT_DETACH);
}

/* A work directory of a `volatile` overlay cannot be used twice. */
static bool mount_overlay(size_t lowers, const char *upper_layer) {
    static unsigned work_number;
    struct path work = path_of("%s/work.%u", upper_layer, work_number);
    if (mkdir(work.text, 0700) < 0) return fault_errno("making %s", work.text);
    int upper = mount_clone(AT_FDCWD, upper_layer, 0, scratch_map_fd);
    if (upper < 0 || !scratch_directory("u") || !scratch_directory("r") || !mount_put_at(upper, AT_FDCWD, "u")) return false;
    struct path options = path_of("lowerdir=l0");
    size_t length = strlen(options.text);
    for (size_t i = 1; i < lowers; i++)
        length += (size_t)snprintf(options.text + length, sizeof options.text - length, ":l%zu", i);
    snprintf(options.text + length, sizeof options.text - length,
             ",upperdir=u/diff,workdir=u/work.%u,volatile,redirect_dir=%s,index=off,metacopy=off", work_number++,
             spec.plain_layers ? "off" : "on");
    /* Else the upper would silently be read-only: its ids are the sandbox's. */
    scratch_become_sandbox();
    int result = mount("overlay", "r", "overlay", MS_NOSUID | MS_NODEV, options.text);
    int error = errno;
    scratch_become_root();
    errno = error;
    return result == 0 || fault_errno("mounting the layers of %s", upper_layer);
}

/* A directory of the payload's tree by one name, made where it is missing. The payload may have put anything there. */
static int open_place(int root, const char *name) {
    for (int i = 0; i < 3; i++) {
        int fd = openat(root, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0) return fd;
        if (errno == ENOTDIR || errno == ELOOP) unlinkat(root, name, 0);
        if (mkdirat(root, name, 0755) < 0 && errno != EEXIST) break;
    }
    fault_errno("making /%s in the sandbox", name);
    return -1;
}

static bool put_run(int place) {
    struct path owner = path_of("%u", spec.uid_base);
    const char *options[] = {"mode", "755", "uid", owner.text, "gid", owner.text, NULL};
    return mount_put(mount_new("tmpfs", MOUNT_NO_SUID | MOUNT_NO_DEVICES, options), place);
}

static bool furnish(int root) {
    int dev = open_place(root, "dev"), run = dev < 0 ? -1 : open_place(root, "run");
    if (run < 0 || !devices_put(dev) || !put_run(run)) return false;
    if (proc_is_there() && !proc_put(open_place(root, "proc"))) return false;
    if (cgroup_view_is_there() && !cgroup_view_put(open_place(root, "sys"))) return false;
    return shown_put(root);
}

/* The default user has a home also in images that know no such user. */
static bool make_home(int root) {
    uid_t id = spec.uid_base + AGENT_UID;
    if (strcmp(spec.user, "agent") != 0) return true;
    if (mkdirat(root, "home", 0755) < 0 && errno != EEXIST) return fault_errno("making /home in the sandbox");
    int home = openat(root, "home", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (home < 0) return true; /* the image has its homes elsewhere */
    bool made = mkdirat(home, "agent", 0755) < 0 ? errno == EEXIST : fchownat(home, "agent", id, id, AT_SYMLINK_NOFOLLOW) == 0;
    close(home);
    return made || fault_errno("making /home/agent in the sandbox");
}

static int finish(void) {
    int root = open("r", O_PATH | O_DIRECTORY | O_CLOEXEC), tree = -1;
    if (root < 0) fault_errno("opening the sandbox's root");
    scratch_become_sandbox();
    bool furnished = root >= 0 && make_home(root) && furnish(root);
    scratch_become_root();
    if (root >= 0) close(root);
    if (furnished) tree = mount_clone_all(AT_FDCWD, "r");
    if (tree < 0 || root_place_put(tree)) return tree;
    close(tree);
    return -1;
}

int payload_root(char *const *lowers, const char *upper_layer) {
    payload_root_tidy(false);
    left = true;
    bool mounted = shown_write() && put_lowers(lowers, &lowers_left) && mount_overlay(lowers_left, upper_layer);
    return mounted ? finish() : -1;
}
