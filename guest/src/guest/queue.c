#include "queue.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { KEPT_ROOM = 524288 }; /* an empty queue keeps this much for the next time: room for a whole window in frames */

static bool make_room(struct queue *q, size_t more) {
    if (q->room - q->start - q->length >= more) return true;
    if (q->start) memmove(q->data, q->data + q->start, q->length);
    q->start = 0;
    if (q->room - q->length >= more) return true;
    size_t room = q->room ? q->room : 4096;
    while (room - q->length < more) room *= 2;
    uint8_t *data = realloc(q->data, room);
    if (!data) return false;
    q->data = data;
    q->room = room;
    return true;
}

bool queue_append(struct queue *q, const void *data, size_t length) {
    if (!make_room(q, length)) return false;
    if (length) memcpy(q->data + q->start + q->length, data, length);
    q->length += length;
    return true;
}

int queue_send(struct queue *q, int fd) {
    while (q->length) {
        ssize_t sent = send(fd, q->data + q->start, q->length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
        q->start += (size_t)sent;
        q->length -= (size_t)sent;
    }
    q->start = 0;
    if (q->room > KEPT_ROOM) queue_free(q);
    return 0;
}

void queue_free(struct queue *q) {
    free(q->data);
    *q = (struct queue){0};
}
