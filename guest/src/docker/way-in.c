#include "way-in.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "ids.h"

enum { BACKLOG = 128 };

#define FOLDER "/run/sandstack"
static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = FOLDER "/s"};

static int open_socket(void) {
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int way_in_listen(void) {
    int fd = open_socket();
    if (fd < 0 || (mkdir(FOLDER, 0700) < 0 && errno != EEXIST)) return -1;
    if (chmod(FOLDER, 0700) < 0 || chown(FOLDER, GUEST_UID, GUEST_UID) < 0) return -1;
    if (unlink(address.sun_path) < 0 && errno != ENOENT) return -1;
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0) return -1;
    if (chown(address.sun_path, GUEST_UID, GUEST_UID) < 0 || listen(fd, BACKLOG) < 0) return -1;
    return fd;
}

bool way_in_admits(int fd) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return false;
    return peer.uid == 0 || peer.uid == GUEST_UID;
}

int way_in_connect(void) {
    int fd = open_socket();
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}
