/* A request that is larger than a frame: pieces of its payload come as PART frames, and its OPEN with the last one. */
#ifndef SANDSTACK_REQUEST_H
#define SANDSTACK_REQUEST_H
#include "frame.h"
#include "queue.h"

struct connection;

struct request {
    uint32_t stream; /* 0: none is under way */
    struct queue payload;
    const char *refused; /* why the rest is not kept; said when it is there */
};

/* Takes a PART frame. */
void request_part(struct connection *c, const struct frame *frame);
/* Opens the stream of an OPEN frame, with what came before it. */
void request_open(struct connection *c, const struct frame *frame);
void request_drop(struct request *r);

/* Bytes of large requests that all connections hold together; false where they would be too many. */
bool request_room_take(size_t length);
void request_room_give(size_t length);
#endif
