// May this process signal that one? Nothing is sent.
#include "probe.h"
#include <signal.h>

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    pid_t pid = pid_argument(argv[1]);
    if (kill(pid, 0) < 0) blocked_by_errno("kill");
    succeeded("may signal %d", pid);
}
