#include "message.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(MESSAGE_DESCRIPTORS * sizeof(int))];
};

int message_send(int fd, uint16_t number, const void *body, size_t length, const int *descriptors, size_t count) {
    uint8_t head[2] = {(uint8_t)number, (uint8_t)(number >> 8)};
    struct iovec parts[2] = {{head, sizeof head}, {(void *)(uintptr_t)body, length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    union control control = {0};
    if (length > MESSAGE_BODY || count > MESSAGE_DESCRIPTORS) {
        errno = EMSGSIZE;
        return -1;
    }
    if (count) {
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
    }
    return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
}

static void take_descriptors(struct msghdr *message, struct message *m) {
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        m->descriptor_count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(m->descriptors, CMSG_DATA(header), m->descriptor_count * sizeof(int));
    }
}

int message_receive(int fd, struct message *m) {
    union control control;
    struct iovec part = {m->data, sizeof m->data};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    ssize_t length = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    m->descriptor_count = 0;
    if (length < 0) return errno == ECONNRESET ? 0 : -1;
    take_descriptors(&message, m);
    if (length == 0) return 0;
    m->number = (uint16_t)(m->data[0] | m->data[1] << 8);
    m->body = (struct fields){m->data + 2, (size_t)length - 2};
    bool raw = m->number == MESSAGE_TASK_OUTPUT;
    bool whole = length >= 2 && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC));
    if (whole && (raw || fields_valid(m->body.data, m->body.length))) return 1;
    message_close(m);
    errno = EPROTO;
    return -1;
}

void message_close(struct message *m) {
    for (size_t i = 0; i < m->descriptor_count; i++)
        if (m->descriptors[i] >= 0) close(m->descriptors[i]);
    m->descriptor_count = 0;
}
