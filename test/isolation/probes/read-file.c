// A file of the host by its plain path: a planted secret, an engine's socket.
#include "probe.h"

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    int fd = open(argv[1], O_RDONLY);
    if (fd < 0) blocked_by_errno("open");
    succeed_with_text_of(fd, "read");
}
