#include "path.h"
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "fault.h"

struct path path_of(const char *format, ...) {
    struct path p;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(p.text, sizeof p.text, format, arguments);
    va_end(arguments);
    return p;
}

static int write_whole(int fd, const char *text) {
    size_t length = strlen(text);
    int result = fd >= 0 && write(fd, text, length) == (ssize_t)length ? 0 : -1;
    if (fd >= 0) close(fd);
    return result;
}

int file_tell(const char *path, const char *text) {
    return write_whole(open(path, O_WRONLY | O_CLOEXEC), text);
}

bool file_put(const char *path, const char *text) {
    struct path fresh = path_of("%s.new", path);
    if (write_whole(open(fresh.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), text) == 0 &&
        rename(fresh.text, path) == 0)
        return true;
    fault_errno("writing %s", path);
    unlink(fresh.text);
    return false;
}

void file_get(const char *path, char *out, size_t room) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, out, room - 1);
    out[length > 0 ? length : 0] = 0;
    if (fd >= 0) close(fd);
}
