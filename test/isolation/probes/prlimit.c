// Takes the other process's limits away from it (sets what it has already: harmless where it works).
#include "probe.h"
#include <sys/resource.h>

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    struct rlimit limit;
    if (prlimit(pid_argument(argv[1]), RLIMIT_NOFILE, NULL, &limit) < 0) blocked_by_errno("prlimit");
    if (prlimit(pid_argument(argv[1]), RLIMIT_NOFILE, &limit, NULL) < 0) blocked_by_errno("prlimit (set)");
    succeeded("set the limits of %d", pid_argument(argv[1]));
}
