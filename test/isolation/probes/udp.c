// Asks a datagram server of the host, as for DNS.
#include "probe.h"
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>

int main(int argc, char **argv) {
    if (argc != 3) return 64;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
    inet_pton(AF_INET, argv[1], &to.sin_addr);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0) blocked_by_errno("socket");
    struct timeval second = {.tv_sec = 1};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    if (sendto(fd, "?", 1, 0, (struct sockaddr *)&to, sizeof to) < 0) blocked_by_errno("sendto");
    succeed_with_text_of(fd, "udp");
}
