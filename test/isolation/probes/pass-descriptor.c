// An open file handed to somebody else through a unix socket without a path: whoever has it reads what only the other may.
// Run: pass-descriptor take NAME, and then pass-descriptor give NAME FILE.
#include "probe.h"
#include "send-descriptors.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un name = {.sun_family = AF_UNIX};
static socklen_t length;
static char byte = 'x', room[CMSG_SPACE(sizeof(int))];
static struct iovec data = {&byte, 1};
static struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};

static void take(int fd) {
    int file;
    if (bind(fd, (struct sockaddr *)&name, length) < 0 || listen(fd, 1) < 0) blocked_by_errno("listen");
    printf("ready\n");
    fflush(stdout);
    int client = accept(fd, NULL, NULL);
    if (client < 0 || recvmsg(client, &message, 0) != 1 || !CMSG_FIRSTHDR(&message)) blocked_by_errno("recvmsg");
    memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof file);
    succeed_with_text_of(file, "a descriptor");
}

static void give(int fd, const char *path) {
    int file = open(path, O_RDONLY);
    if (file < 0) exit(64);
    if (connect(fd, (struct sockaddr *)&name, length) < 0) blocked_by_errno("connect");
    if (!send_descriptor(fd, file, 1)) blocked_by_errno("sendmsg");
    succeeded("%s given", path);
}

int main(int argc, char **argv) {
    if (argc < 3) return 64;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) blocked_by_errno("socket");
    strncpy(name.sun_path + 1, argv[2], sizeof name.sun_path - 2);
    length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(argv[2]));
    if (strcmp(argv[1], "take") == 0) take(fd);
    give(fd, argv[3]);
}
