// Asks what the kernel tells of a process through a descriptor of it: ids, parent, cgroup; and its namespaces.
#include "probe.h"
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#define GET_INFO 0xc040ff0bUL // of 64 bytes, which every kernel takes that has it
#define GET_USER_NAMESPACE 0xff09UL

int main(int argc, char **argv) {
    uint64_t info[8] = {3}; // pid and creds
    if (argc != 2) return 64;
    int pidfd = (int)syscall(SYS_pidfd_open, pid_argument(argv[1]), 0);
    if (pidfd < 0) blocked_by_errno("pidfd_open");
    if (ioctl(pidfd, GET_INFO, info) == 0) succeeded("pid %u of %u", ((uint32_t *)info)[4], ((uint32_t *)info)[6]);
    if (ioctl(pidfd, GET_USER_NAMESPACE, 0) >= 0) succeeded("its user namespace");
    blocked_by_errno("PIDFD_GET_INFO");
}
