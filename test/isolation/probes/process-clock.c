// How much processor time a process of somebody else has taken, from its clock.
#include "probe.h"
#include <time.h>

int main(int argc, char **argv) {
    struct timespec taken;
    if (argc != 2) return 64;
    clockid_t clock = (clockid_t)(~(unsigned)pid_argument(argv[1]) << 3 | 2);
    if (clock_gettime(clock, &taken) == 0) succeeded("%ld.%09ld s", (long)taken.tv_sec, taken.tv_nsec);
    blocked_by_errno("clock_gettime");
}
