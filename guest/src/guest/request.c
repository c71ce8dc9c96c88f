#include "request.h"
#include "connection.h"

/* One client's share is bounded by MAX_REQUEST; this is for all of them. */
enum { ROOM = 16 * 1024 * 1024 };

static size_t room_taken;

bool request_room_take(size_t length) {
    if (length > ROOM - room_taken) return false;
    room_taken += length;
    return true;
}

void request_room_give(size_t length) {
    room_taken -= length;
}

static void forget_payload(struct request *r) {
    request_room_give(r->payload.length);
    queue_free(&r->payload);
}

void request_drop(struct request *r) {
    forget_payload(r);
    *r = (struct request){0};
}

static void refuse(struct request *r, const char *why) {
    forget_payload(r);
    r->refused = why;
}

static void keep(struct request *r, const struct frame *frame) {
    if (r->refused) return;
    if (frame->length > MAX_REQUEST - r->payload.length) refuse(r, "the request is larger than 2 MiB");
    else if (!request_room_take(frame->length)) refuse(r, "too many large requests at once");
    else if (!queue_append(&r->payload, frame->payload, frame->length)) {
        request_room_give(frame->length);
        refuse(r, "out of memory");
    }
}

void request_part(struct connection *c, const struct frame *frame) {
    struct request *r = &c->request;
    if (frame->stream % 2 == 0 || frame->stream <= c->last_stream) {
        connection_error(c, "PROTOCOL", "a part of what is no new stream's request");
        return;
    }
    r->stream = frame->stream;
    keep(r, frame);
}

void request_open(struct connection *c, const struct frame *frame) {
    struct request *r = &c->request;
    if (!r->stream) {
        stream_open(c, frame);
        return;
    }
    keep(r, frame);
    struct frame whole = *frame;
    whole.payload = r->payload.data + r->payload.start;
    whole.length = (uint32_t)r->payload.length;
    if (r->refused) stream_refuse(c, frame->stream, "LIMIT", r->refused);
    else stream_open(c, &whole);
    request_drop(r);
}
