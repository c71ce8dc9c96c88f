#include "mounts.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "fault.h"

_Static_assert(MOUNT_READ_ONLY == MOUNT_ATTR_RDONLY && MOUNT_NO_SUID == MOUNT_ATTR_NOSUID &&
                   MOUNT_NO_DEVICES == MOUNT_ATTR_NODEV && MOUNT_NO_EXEC == MOUNT_ATTR_NOEXEC,
               "the kernel's numbers");

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

static int failed(int fd, const char *what, const char *name) {
    fault_errno("%s %s", what, name);
    if (fd >= 0) close(fd);
    return -1;
}

int mount_new(const char *type, unsigned attributes, const char *const *options) {
    int fs = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
    if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "source", type, 0) < 0) return failed(fs, "mounting", type);
    for (; options[0]; options += 2) {
        unsigned command = options[1] ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
        if (syscall(SYS_fsconfig, fs, command, options[0], options[1], 0) < 0) return failed(fs, "mounting", type);
    }
    if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) return failed(fs, "mounting", type);
    int mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes);
    if (mount < 0) return failed(fs, "mounting", type);
    close(fs);
    return mount;
}

int mount_clone(int directory, const char *path, unsigned attributes, int map_fd) {
    struct mount_attr attr = {.attr_set = attributes};
    int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW | (*path ? 0 : AT_EMPTY_PATH);
    int tree = (int)syscall(SYS_open_tree, directory, path, flags);
    if (tree < 0) return failed(-1, "layer", path);
    if (map_fd >= 0) {
        attr.attr_set |= MOUNT_ATTR_IDMAP;
        attr.userns_fd = (uint64_t)map_fd;
    }
    if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof attr) == 0) return tree;
    return failed(tree, "giving its own user ids to", path);
}

int mount_clone_all(int directory, const char *path) {
    int tree = (int)syscall(SYS_open_tree, directory, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    return tree < 0 ? failed(-1, "copying the mounts of", path) : tree;
}

bool mount_put(int mount_fd, int target_fd) {
    bool put = mount_fd >= 0 && target_fd >= 0 &&
               syscall(SYS_move_mount, mount_fd, "", target_fd, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0;
    if (!put) fault_errno("placing a mount");
    if (mount_fd >= 0) close(mount_fd);
    if (target_fd >= 0) close(target_fd);
    return put;
}

bool mount_put_at(int mount_fd, int directory, const char *path) {
    int target = openat(directory, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (target < 0) fault_errno("placing a mount at %s", path);
    return mount_put(mount_fd, target);
}

bool mount_change(int mount_fd, unsigned attributes) {
    struct mount_attr attr = {.attr_set = attributes};
    return syscall(SYS_mount_setattr, mount_fd, "", AT_EMPTY_PATH, &attr, sizeof attr) == 0 || fault_errno("changing a mount");
}
