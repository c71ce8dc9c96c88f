// The bound on core files away from the one byte with which the kernel hands nothing to a machine's core handler.
#include "probe.h"
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static void look(const char *how) {
    struct rlimit now;
    if (getrlimit(RLIMIT_CORE, &now) < 0) blocked_by_errno("getrlimit");
    if (now.rlim_cur != 1) succeeded("%s: %lu", how, (unsigned long)now.rlim_cur);
}

int main(void) {
    static const struct rlimit none = {0, 0};
    // An address whose lower half is 0: a filter that looks at that alone takes it for no new limit.
    void *high = mmap((void *)(1UL << 32), 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    look("as it is");
    setrlimit(RLIMIT_CORE, &none);
    look("setrlimit");
    syscall(SYS_setrlimit, RLIMIT_CORE | 1L << 32, &none);
    look("the system call setrlimit");
    syscall(SYS_prlimit64, getpid(), RLIMIT_CORE, &none, NULL);
    look("prlimit by pid");
    if (high != MAP_FAILED) syscall(SYS_prlimit64, 0, RLIMIT_CORE, high, NULL);
    look("prlimit from an address with a lower half of 0");
    syscall(SYS_prlimit64, 0, RLIMIT_CORE | 1L << 32, &none, NULL);
    look("prlimit with more bits than the kernel takes");
    blocked("it stays at 1");
}
