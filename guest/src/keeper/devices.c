/* A sandbox's /dev: what shells, Python and git need, terminals of its own, and shared memory that a rollback empties. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "fault.h"
#include "mounts.h"
#include "path.h"
#include "payload-root.h"
#include "spec.h"

/* The machine has 3,072 for all that is mounted beside its own (kernel.pty.max and .reserve). */
#define TERMINALS "64"

enum { MEMORY_MAJOR = 1, TTY_MAJOR = 5, TTY_GROUP = 5 };

static const struct {
    const char *name;
    unsigned major, minor;
} nodes[] = {
    {"null", MEMORY_MAJOR, 3},   {"zero", MEMORY_MAJOR, 5},    {"full", MEMORY_MAJOR, 7},
    {"random", MEMORY_MAJOR, 8}, {"urandom", MEMORY_MAJOR, 9}, {"tty", TTY_MAJOR, 0},
};

static const struct {
    const char *name, *target;
} links[] = {
    {"ptmx", "pts/ptmx"},          {"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
};

static bool populate(int dev) {
    mode_t old = umask(0);
    bool made = mkdirat(dev, "pts", 0755) == 0 && mkdirat(dev, "shm", 01777) == 0;
    for (size_t i = 0; made && i < sizeof nodes / sizeof *nodes; i++)
        made = mknodat(dev, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)) == 0;
    for (size_t i = 0; made && i < sizeof links / sizeof *links; i++) made = symlinkat(links[i].target, dev, links[i].name) == 0;
    umask(old);
    return made || fault_errno("making the sandbox's devices");
}

static bool put_terminals(int dev) {
    struct path group = path_of("%u", spec.uid_base + TTY_GROUP);
    const char *options[] = {"newinstance", NULL, "max", TERMINALS, "ptmxmode", "666", "mode", "620", "gid", group.text, NULL};
    return mount_put_at(mount_new("devpts", MOUNT_NO_SUID | MOUNT_NO_EXEC, options), dev, "pts");
}

static bool put_shared_memory(int dev) {
    static const char *const options[] = {"mode", "1777", NULL};
    return mount_put_at(mount_new("tmpfs", MOUNT_NO_SUID | MOUNT_NO_DEVICES | MOUNT_NO_EXEC, options), dev, "shm");
}

bool devices_put(int directory) {
    static const char *const options[] = {"mode", "755", "size", "64k", "nr_inodes", "64", NULL};
    int dev = mount_new("tmpfs", MOUNT_NO_SUID | MOUNT_NO_EXEC, options);
    int copy = dev < 0 ? -1 : fcntl(dev, F_DUPFD_CLOEXEC, 3);
    bool put = dev >= 0 && populate(dev) && mount_put(dev, directory) && put_terminals(copy) && put_shared_memory(copy) &&
               mount_change(copy, MOUNT_READ_ONLY);
    if (copy >= 0) close(copy);
    return put;
}
