// Asks to reboot with a wrong magic number: EINVAL says that the right one would have done it.
#include "probe.h"
#include <sys/syscall.h>

int main(void) {
    syscall(SYS_reboot, 1, 2, 3, NULL);
    if (errno == EINVAL) succeeded("may reboot");
    blocked_by_errno("reboot");
}
