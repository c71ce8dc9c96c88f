// Reaches a server of the host: plainly, by MPTCP, or by TCP fast open (both slip past some filters).
#include "probe.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    if (argc != 4) return 64;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[3]))};
    inet_pton(AF_INET, argv[2], &to.sin_addr);
    int fast = strcmp(argv[1], "fastopen") == 0;
    int fd = socket(AF_INET, SOCK_STREAM, strcmp(argv[1], "mptcp") == 0 ? 262 /* IPPROTO_MPTCP */ : 0);
    if (fd < 0) blocked_by_errno("socket");
    if (fast && sendto(fd, "?", 1, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof to) < 0) blocked_by_errno("sendto");
    if (!fast && connect(fd, (struct sockaddr *)&to, sizeof to) < 0) blocked_by_errno("connect");
    succeed_with_text_of(fd, argv[1]);
}
