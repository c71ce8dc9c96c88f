/* A client's connection: hello, frames in, one queue of frames out. Streams are in stream.h. */
#ifndef SANDSTACK_CONNECTION_H
#define SANDSTACK_CONNECTION_H
#include "frame.h"
#include "loop.h"
#include "queue.h"
#include "request.h"
#include "stream.h"

enum {
    STREAM_BUCKETS = 32,
    QUEUE_FULL = 1048576,   /* nobody gets credit, and nothing more is read, until … */
    QUEUE_DRAINED = 262144, /* … the queue is down to this */
    RECEIVE_ROOM = 4 * (HEADER_BYTES + MAX_PAYLOAD),
};

struct connection {
    int fd;
    struct watch watch;
    bool greeted; /* the client's hello came */
    bool closing; /* an error frame is on its way out; nothing more is read */
    bool dead;    /* freed after this batch of events */
    bool full;    /* the queue passed QUEUE_FULL */
    bool leash;   /* the sandbox ends when it is gone */
    uint32_t last_stream;
    size_t stream_count;
    struct stream *streams[STREAM_BUCKETS];
    struct queue out;
    struct request request;
    size_t in_length;
    uint8_t in[RECEIVE_ROOM];
    struct connection *next;
};

/* Accepts clients on the listening socket: all of them, or those that `admits` gives true for. */
int connections_start(int listening_fd, bool (*admits)(int fd));
/* Writes what can be written now. */
void connections_flush(void);
extern struct connection *connections;

void connection_send(struct connection *c, uint8_t type, uint32_t stream, uint8_t channel, const void *payload,
                     size_t length);
/* Says why on stream 0 and ends the connection. */
void connection_error(struct connection *c, const char *code, const char *message);

/* stream.c: what a frame of the client does to its stream. */
void stream_receive(struct connection *c, const struct frame *frame);
void stream_open(struct connection *c, const struct frame *frame);
/* Answers the request of a new stream with an error. */
void stream_refuse(struct connection *c, uint32_t id, const char *code, const char *message);
struct stream *stream_find(const struct connection *c, uint32_t id);
/* The queue has room again: whoever waits for credit may go on. */
void streams_resume(struct connection *c);
/* The client is gone. */
void streams_drop(struct connection *c);
#endif
