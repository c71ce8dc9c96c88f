// The hard limit of file locks, which says what command a process comes from, to another number.
#include "probe.h"
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static rlim_t before;

static void look(const char *how) {
    struct rlimit now;
    if (getrlimit(RLIMIT_LOCKS, &now) < 0) blocked_by_errno("getrlimit");
    if (now.rlim_max != before) succeeded("%s: %llu", how, (unsigned long long)now.rlim_max);
}

int main(void) {
    struct rlimit now;
    getrlimit(RLIMIT_LOCKS, &now);
    before = now.rlim_max;
    // One lower is another command's; an address whose lower half is 0 a filter may take for no new limit.
    const struct rlimit lower = {0, before - 1}, higher = {0, before + 1};
    struct rlimit *high = mmap((void *)(1UL << 32), 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    setrlimit(RLIMIT_LOCKS, &lower);
    look("setrlimit");
    syscall(SYS_setrlimit, RLIMIT_LOCKS | 1L << 32, &lower);
    look("the system call setrlimit");
    syscall(SYS_prlimit64, getpid(), RLIMIT_LOCKS, &lower, NULL);
    look("prlimit by pid");
    syscall(SYS_prlimit64, 0, RLIMIT_LOCKS, &higher, NULL);
    look("prlimit to more");
    if (high != MAP_FAILED) {
        *high = lower;
        syscall(SYS_prlimit64, 0, RLIMIT_LOCKS, high, NULL);
        look("prlimit from an address with a lower half of 0");
    }
    syscall(SYS_prlimit64, 0, RLIMIT_LOCKS | 1L << 32, &lower, NULL);
    look("prlimit with more bits than the kernel takes");
    blocked("it stays as it is");
}
