// Counts its own events: the way into a large part of the kernel.
#include "probe.h"
#include <linux/perf_event.h>
#include <sys/syscall.h>

int main(void) {
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE, .size = sizeof attr, .config = PERF_COUNT_SW_CPU_CLOCK};
    if (syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0) >= 0) succeeded("opened a counter");
    blocked_by_errno("perf_event_open");
}
