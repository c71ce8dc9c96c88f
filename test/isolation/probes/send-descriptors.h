// Descriptors handed to whoever reads the other end of a unix socket.
#ifndef SEND_DESCRIPTORS_H
#define SEND_DESCRIPTORS_H
#include <string.h>
#include <sys/socket.h>

enum { MOST_DESCRIPTORS = 253 }; // of one message: SCM_MAX_FD

// Sends one descriptor so many times, with one byte; false with errno.
static inline int send_descriptor(int into, int fd, size_t times) {
    union {
        char space[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
        struct cmsghdr head;
    } control = {.head = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(times * sizeof fd)}};
    struct iovec byte = {.iov_base = "x", .iov_len = 1};
    struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(times * sizeof fd)};
    for (size_t i = 0; i < times; i++) memcpy(CMSG_DATA(&control.head) + i * sizeof fd, &fd, sizeof fd);
    return sendmsg(into, &message, MSG_DONTWAIT) == 1;
}
#endif
