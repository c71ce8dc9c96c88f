// More terminals than a sandbox is given: the machine has one pool of them.
#include "probe.h"

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    int most = atoi(argv[1]), taken = 0;
    while (taken < most && open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0) taken++;
    if (taken == most) succeeded("%d", taken);
    blocked("%d: %s", taken, strerror(errno));
}
