// Makes a node for a block device of the host and reads the canary behind it.
#include "probe.h"
#include <sys/stat.h>
#include <sys/sysmacros.h>

int main(int argc, char **argv) {
    if (argc != 3) return 64;
    const char *path = "/tmp/device-node";
    unlink(path);
    if (mknod(path, S_IFBLK | 0600, makedev((unsigned)atoi(argv[1]), (unsigned)atoi(argv[2]))) < 0)
        blocked_by_errno("mknod");
    int fd = open(path, O_RDONLY);
    if (fd < 0) blocked_by_errno("open");
    succeed_with_text_of(fd, "block device");
}
