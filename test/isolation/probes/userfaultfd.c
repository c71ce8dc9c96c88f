// Stops the kernel in the middle of a copy: a tool of most kernel exploits.
#include "probe.h"
#include <sys/syscall.h>

int main(void) {
    if (syscall(SYS_userfaultfd, O_CLOEXEC) >= 0) succeeded("full");
    if (syscall(SYS_userfaultfd, O_CLOEXEC | 1 /* UFFD_USER_MODE_ONLY */) >= 0) succeeded("user mode only");
    blocked_by_errno("userfaultfd");
}
