// So many MiB of disk.
#include "probe.h"

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    int fd = open("/tmp/take-disk", O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (fd < 0) blocked_by_errno("open");
    for (int i = 0; i < atoi(argv[1]); i++)
        if (write(fd, block, sizeof block) != sizeof block) {
            const char *why = strerror(errno);
            unlink("/tmp/take-disk");
            blocked("write after %d MiB: %s", i, why);
        }
    unlink("/tmp/take-disk");
    succeeded("%s MiB", argv[1]);
}
