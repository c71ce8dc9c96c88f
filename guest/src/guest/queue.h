/* Bytes that wait to be written to a descriptor. */
#ifndef SANDSTACK_QUEUE_H
#define SANDSTACK_QUEUE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue {
    uint8_t *data;
    size_t start, length, room;
};

/* False if out of memory. */
bool queue_append(struct queue *q, const void *data, size_t length);
/* Writes what the socket takes now; -1 with errno when it takes no more ever (EAGAIN is no error). */
int queue_send(struct queue *q, int fd);
void queue_free(struct queue *q);
#endif
