// A process's memory, descriptors and maps through /proc.
#include "probe.h"

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    const char *names[] = {"mem", "fd/0", "fd/3", "environ", "maps", "root/", "cwd/", "exe"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/%s", pid_argument(argv[1]), names[i]);
        if (open(path, O_RDONLY | O_NONBLOCK) >= 0) succeeded("opened %s", path);
    }
    blocked("nothing of process %d opens", pid_argument(argv[1]));
}
