// A context of asynchronous I/O: all of the machine share one number of events (fs.aio-max-nr).
#include "probe.h"
#include <sys/syscall.h>

int main(void) {
    unsigned long context = 0;
    if (syscall(SYS_io_setup, 1, &context) == 0) succeeded("a context");
    blocked_by_errno("io_setup");
}
