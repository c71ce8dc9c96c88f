/* Keeps from requests what none may take away: what is mounted in the sandbox, and the directories that are made for it. The payload's root
 * is a tree of mounts that is in no namespace; there the kernel would detach a mount for whoever removes what it is on. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "guest.h"
#include "root-path.h"

static bool is_root(int directory) {
    struct stat here, root;
    return fstat(directory, &here) == 0 && fstat(guest.root_fd, &root) == 0 && here.st_dev == root.st_dev &&
           here.st_ino == root.st_ino;
}

static bool is_own_name(const char *name) {
    static const char *const names[] = {"dev", "proc", "run", "sys"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

bool is_kept(int directory, const char *name) {
    struct statx info;
    if (statx(directory, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &info) < 0) return false;
    if (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) return true;
    return S_ISDIR(info.stx_mode) && is_own_name(name) && is_root(directory);
}
