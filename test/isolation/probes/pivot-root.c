// Another root by pivot_root; needs a mount point to go to.
#include "probe.h"
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

int main(void) {
    mkdir("/tmp/pivot", 0755);
    const char *to = mount("/tmp/pivot", "/tmp/pivot", NULL, MS_BIND, NULL) == 0 ? "/tmp/pivot" : "/";
    if (chdir(to) < 0 || syscall(SYS_pivot_root, ".", ".") < 0) blocked_by_errno("pivot_root");
    succeeded("another root");
}
