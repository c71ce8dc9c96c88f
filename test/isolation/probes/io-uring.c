// Makes a ring: system calls that no filter sees.
#include "probe.h"
#include <linux/io_uring.h>
#include <sys/syscall.h>

int main(void) {
    struct io_uring_params params = {0};
    if (syscall(SYS_io_uring_setup, 1, &params) >= 0) succeeded("made a ring");
    blocked_by_errno("io_uring_setup");
}
