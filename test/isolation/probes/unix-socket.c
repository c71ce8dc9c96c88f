// A service of the host by its socket's path: an engine's, a bus's, a database's.
#include "probe.h"
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) blocked_by_errno("socket");
    strncpy(name.sun_path, argv[1], sizeof name.sun_path - 1);
    if (connect(fd, (struct sockaddr *)&name, sizeof name) < 0) blocked_by_errno("connect");
    succeed_with_text_of(fd, "unix socket");
}
