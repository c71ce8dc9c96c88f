// Any new namespace at all, one by one.
#include "probe.h"
#include <sched.h>

int main(void) {
    const int flags[] = {CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (unshare(flags[i]) == 0) succeeded("unshare(%#x)", flags[i]);
    blocked_by_errno("unshare");
}
