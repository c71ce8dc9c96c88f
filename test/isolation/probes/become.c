// Takes another uid and its group, then runs another probe as that one.
#include "probe.h"
#include <grp.h>

int main(int argc, char **argv) {
    if (argc < 3) return 64;
    unsigned id = (unsigned)atoi(argv[1]);
    if (setgroups(0, NULL) < 0) blocked_by_errno("setgroups");
    if (setresgid(id, id, id) < 0) blocked_by_errno("setresgid");
    if (setresuid(id, id, id) < 0) blocked_by_errno("setresuid");
    execv(argv[2], argv + 2);
    return 65;
}
