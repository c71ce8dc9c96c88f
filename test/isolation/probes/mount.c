// Mounts a tmpfs, the old way and the new.
#include "probe.h"
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

int main(void) {
    mkdir("/tmp/mount", 0755);
    if (mount("none", "/tmp/mount", "tmpfs", 0, NULL) == 0) succeeded("mounted a tmpfs");
    int why = errno;
    int fs = (int)syscall(SYS_fsopen, "tmpfs", 0);
    if (fs >= 0) succeeded("opened a file system to mount");
    if (syscall(SYS_open_tree, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */) >= 0) succeeded("cloned a mount");
    if (mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL) == 0) succeeded("remounted the root");
    blocked("mount: %s, fsopen: %s", strerror(why), strerror(errno));
}
