/* Messages between keeper and guest over a SOCK_SEQPACKET pair: a number (u16, little endian) and a body. */
#ifndef SANDSTACK_MESSAGE_H
#define SANDSTACK_MESSAGE_H
#include "fields.h"

enum {
    MESSAGE_CONFIG = 1,
    MESSAGE_READY = 2,
    MESSAGE_DEADLINE = 3,
    MESSAGE_SNAPSHOT = 4,
    MESSAGE_SNAPSHOT_DONE = 5,
    MESSAGE_ROLLBACK = 6,
    MESSAGE_ROLLBACK_DONE = 7,
    MESSAGE_TASK_OUTPUT = 8,
    MESSAGE_ENDING = 9,
    MESSAGE_STARTED = 10,
    MESSAGE_ROOT = 11,
};

enum {
    MESSAGE_BODY = 32768,
    MESSAGE_DESCRIPTORS = 64,
    CONTROL_FD = 3, /* the guest's end */
    SNAPSHOT_COPY = 2, /* FLAGS of MESSAGE_SNAPSHOT: commands are running */
    ENDING_TASK = 1,   /* FLAGS of MESSAGE_ENDING */
};

struct message {
    uint16_t number;
    struct fields body;
    uint8_t data[2 + MESSAGE_BODY];
    int descriptors[MESSAGE_DESCRIPTORS]; /* close-on-exec; the receiver owns them */
    size_t descriptor_count;
};

/* Both never block. 0, or -1 with errno (EAGAIN: the other side does not read). */
int message_send(int fd, uint16_t number, const void *body, size_t length, const int *descriptors, size_t count);
/* 1 for a message, 0 when the other side is gone, -1 with errno; EPROTO for what is no message. */
int message_receive(int fd, struct message *m);
void message_close(struct message *m); /* closes descriptors that nobody took (set taken ones to -1) */
#endif
