// Levers by which root of a machine runs programs on it; opened, never written.
#include "probe.h"

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (open(argv[i], O_WRONLY) >= 0) succeeded("opened %s", argv[i]);
    blocked("none of %d opens; the last: %s", argc - 1, strerror(errno));
}
