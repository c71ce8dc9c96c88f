#include "creator.h"
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "fault.h"

static pid_t creator;

bool creator_hold(void) {
    creator = getppid();
    int fd = (int)syscall(SYS_pidfd_open, creator, 0);
    if (fd < 0 || getppid() != creator) return false;
    return fd == CREATOR_FD ? fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 : dup3(fd, CREATOR_FD, O_CLOEXEC) == CREATOR_FD && close(fd) == 0;
}

bool creator_is(pid_t pid) {
    return pid == creator || fault_set("START_FAILED", "process %d, which asked for the sandbox, is not the one that makes it", (int)pid);
}
