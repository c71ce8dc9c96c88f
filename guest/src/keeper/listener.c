#include "listener.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "fault.h"
#include "path.h"
#include "spec.h"

enum { BACKLOG = 1024 };

static int folder = -1;

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void open_folder(void) {
    struct path path = path_of("%.*s", (int)(name_of(spec.socket) - spec.socket), spec.socket);
    if (folder < 0) folder = open(path.text, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int listener_open(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    open_folder();
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool fits = (size_t)snprintf(address.sun_path, sizeof address.sun_path, "%s", spec.socket) < sizeof address.sun_path;
    mode_t old = umask(0117);
    bool bound = fd >= 0 && fits && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    umask(old);
    if (bound && chown(spec.socket, 0, spec.socket_gid) == 0 && listen(fd, BACKLOG) == 0) return fd;
    fault_errno("listening on %s", spec.socket);
    if (fd >= 0) close(fd);
    return -1;
}

void listener_remove(void) {
    open_folder();
    if (folder >= 0) unlinkat(folder, name_of(spec.socket), 0);
}
