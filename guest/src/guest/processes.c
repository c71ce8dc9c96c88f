#include "processes.h"
#include <fcntl.h>
#include <unistd.h>

static int proc_fd = -1;

void processes_take(int fd) {
    proc_fd = fd;
}

int processes_start(void) {
    if (proc_fd < 0) proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return proc_fd < 0 ? -1 : 0;
}

int processes_fd(void) {
    return proc_fd;
}

bool processes_read(const char *path, char text[PROCESS_TEXT]) {
    int fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, PROCESS_TEXT - 1);
    if (fd >= 0) close(fd);
    text[length > 0 ? length : 0] = 0;
    return length > 0;
}
