// Attaches as a debugger, and lets go at once.
#include "probe.h"
#include <sys/ptrace.h>

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    pid_t pid = pid_argument(argv[1]);
    if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0) blocked_by_errno("ptrace");
    succeeded("traces %d", pid);
}
