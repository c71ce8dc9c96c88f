// A socket of a family or type that a payload has no business with.
#include "probe.h"
#include <sys/socket.h>

int main(int argc, char **argv) {
    if (argc != 4) return 64;
    int fd = socket(atoi(argv[1]), atoi(argv[2]), atoi(argv[3]));
    if (fd >= 0) succeeded("socket(%s, %s, %s)", argv[1], argv[2], argv[3]);
    blocked_by_errno("socket");
}
