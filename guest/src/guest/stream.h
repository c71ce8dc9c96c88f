/* A stream: one request of a client and what flows for it. A verb is a table of functions over a stream.
 * What the connection promises a verb:
 *   - `open` is called once; it answers at once or later, with stream_end or stream_error exactly once.
 *   - nothing is called after stream_end, stream_error or `closed`.
 *   - `closed` is called once when the client gave the stream up (RESET) or went away: free what the verb holds.
 *     It is not called after stream_end or stream_error: the verb frees its own before those.
 * What a verb promises: it sends at most stream_credit bytes on a channel, and gives credit back with stream_consumed
 * for what it took in. */
#ifndef SANDSTACK_STREAM_H
#define SANDSTACK_STREAM_H
#include "fields.h"

struct stream;
struct connection;

struct verb {
    uint16_t number;
    void (*open)(struct stream *s, const struct fields *f);
    void (*data)(struct stream *s, const uint8_t *data, size_t length); /* channel in; never more than the credit */
    void (*eof)(struct stream *s);
    void (*credit)(struct stream *s, int channel); /* more may be sent on out or err */
    void (*closed)(struct stream *s);
    bool at_once; /* is opened also while others are held (hold.h) */
    bool is_file; /* is ended by a rollback, and has a snapshot copy, unless it is at rest */
    bool (*at_rest)(struct stream *s); /* of a file verb that can go on on a new root: nothing of it is under way */
    void (*move)(struct stream *s);    /* the root is another, with the same files; may end the stream with an error */
};

struct stream {
    uint32_t id;
    struct connection *connection;
    const struct verb *verb;
    void *state;         /* the verb's own */
    size_t send_credit[3]; /* by channel */
    size_t in_credit;    /* what the client may still send */
    size_t in_owed;      /* taken in, not yet given back */
    size_t in_step;      /* given back when it is so much */
    bool in_eof;
    struct stream *next;
};

size_t stream_credit(const struct stream *s, int channel);
/* length <= MAX_PAYLOAD and <= credit. */
void stream_data(struct stream *s, int channel, const void *data, size_t length);
void stream_eof(struct stream *s, int channel);
/* Gives the client credit for `length` bytes that the verb is done with. */
void stream_consumed(struct stream *s, size_t length);
/* For a verb that keeps nothing of what comes: more of it may be under way, and credit is given back more seldom. */
void stream_widen(struct stream *s);
void stream_reply(struct stream *s, struct writer *w); /* frees w */
void stream_event(struct stream *s, struct writer *w); /* frees w */
/* End the stream; s is invalid after these. w may be NULL; it is freed. */
void stream_end(struct stream *s, struct writer *w);
void stream_error(struct stream *s, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Ends a stream against its verb's will: as if the client had gone, but with an error. */
void stream_abort(struct stream *s, const char *code, const char *message);
/* Maps an errno to the protocol's code and ends the stream: "PATH: No such file or directory". */
void stream_errno(struct stream *s, int error, const char *what);
/* How many bytes wait to be written to the connection's socket: a verb that produces without credit (EVENT) stops at 1 MiB. */
size_t stream_queued(const struct stream *s);

/* Every stream of every connection. */
void streams_each(void (*fn)(struct stream *s, void *context), void *context);
#endif
