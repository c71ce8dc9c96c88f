#include "stream.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "connection.h"
#include "end.h"
#include "error-code.h"
#include "hold.h"
#include "verbs.h"

/* Credit is given back in pieces of this size, so that small data does not cost a frame each. */
enum { WINDOW_STEP = INITIAL_WINDOW / 4, WINDOW_LIMIT = 1 << 30, WIDE_WINDOW = 8 * INITIAL_WINDOW };

static struct stream **bucket(struct connection *c, uint32_t id) {
    return &c->streams[id / 2 % STREAM_BUCKETS];
}

struct stream *stream_find(const struct connection *c, uint32_t id) {
    struct stream *s = c->streams[id / 2 % STREAM_BUCKETS];
    while (s && s->id != id) s = s->next;
    return s;
}

static void unlink_stream(struct stream *s) {
    struct stream **at = bucket(s->connection, s->id);
    while (*at != s) at = &(*at)->next;
    *at = s->next;
    s->connection->stream_count--;
}

/* Sends the last frame of a stream and frees it. */
static void finish(struct stream *s, uint8_t type, struct writer *w) {
    connection_send(s->connection, type, s->id, 0, w->data, w->length);
    writer_free(w);
    unlink_stream(s);
    free(s);
}

static struct stream *create(struct connection *c, uint32_t id, const struct verb *verb) {
    struct stream *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    *s = (struct stream){.id = id, .connection = c, .verb = verb, .in_credit = INITIAL_WINDOW, .in_step = WINDOW_STEP};
    s->send_credit[CHANNEL_OUT] = s->send_credit[CHANNEL_ERR] = INITIAL_WINDOW;
    s->next = *bucket(c, id);
    *bucket(c, id) = s;
    c->stream_count++;
    return s;
}

/* A new stream's number is the client's to choose, within the rules. */
static bool take_number(struct connection *c, uint32_t id) {
    bool right = id % 2 == 1 && id > c->last_stream;
    if (right) c->last_stream = id;
    else connection_error(c, "PROTOCOL", "the number of a new stream is not odd and above the last");
    return right;
}

void stream_refuse(struct connection *c, uint32_t id, const char *code, const char *message) {
    if (!take_number(c, id)) return;
    struct stream *s = create(c, id, NULL);
    if (s) stream_error(s, code, "%s", message);
    else connection_error(c, "INTERNAL", "out of memory");
}

void stream_open(struct connection *c, const struct frame *frame) {
    if (!take_number(c, frame->stream)) return;
    struct fields f = {frame->payload, frame->length};
    bool valid = fields_valid(f.data, f.length);
    const struct verb *verb = valid ? verb_find(fields_number(&f, TAG_VERB, 0)) : NULL;
    struct stream *s = create(c, frame->stream, verb);
    if (!s) connection_error(c, "INTERNAL", "out of memory");
    else if (!valid) stream_error(s, "BAD_REQUEST", "the request's fields are malformed");
    else if (!verb) stream_error(s, "UNSUPPORTED", "no verb %llu", (unsigned long long)fields_number(&f, TAG_VERB, 0));
    else if (c->stream_count > MAX_STREAMS) stream_error(s, "LIMIT", "%d streams are open", MAX_STREAMS);
    else if (end_has_begun()) stream_error(s, "ENDING", "the sandbox is at its end");
    else if (hold_takes(verb)) hold_stream(s, &f);
    else verb->open(s, &f);
}

static void receive_data(struct stream *s, const struct frame *frame) {
    if (frame->length == 0 || frame->length > s->in_credit || s->in_eof) {
        connection_error(s->connection, "PROTOCOL", "data without credit, empty, or after its end");
        return;
    }
    s->in_credit -= frame->length;
    if (s->verb->data) s->verb->data(s, frame->payload, frame->length);
    else stream_consumed(s, frame->length);
}

static void receive_window(struct stream *s, const struct frame *frame) {
    uint32_t more = 0;
    if (frame->length == 4) memcpy(&more, frame->payload, 4);
    size_t *credit = &s->send_credit[frame->channel];
    if (more == 0 || frame->channel == CHANNEL_IN || more > WINDOW_LIMIT - *credit) {
        connection_error(s->connection, "PROTOCOL", "a credit of nothing, too much, or for the wrong channel");
        return;
    }
    *credit += more;
    if (s->verb->credit && !s->connection->full) s->verb->credit(s, frame->channel);
}

static void receive_reset(struct stream *s) {
    if (s->verb->closed) s->verb->closed(s);
    finish(s, TYPE_END, &(struct writer){0});
}

void stream_receive(struct connection *c, const struct frame *frame) {
    struct stream *s = stream_find(c, frame->stream);
    if (!s && frame->stream <= c->last_stream) return; /* it crossed the stream's end */
    if (s && frame->type == TYPE_DATA) receive_data(s, frame);
    else if (s && frame->type == TYPE_WINDOW) receive_window(s, frame);
    else if (s && frame->type == TYPE_RESET) receive_reset(s);
    else if (s && frame->type == TYPE_EOF && !s->in_eof) {
        s->in_eof = true;
        if (s->verb->eof) s->verb->eof(s);
    } else connection_error(c, "PROTOCOL", "no such frame, or no such stream");
}

/* Calls fn for every stream of a connection; fn may end any stream, also others. */
static void each(struct connection *c, void (*fn)(struct stream *s, void *context), void *context) {
    size_t count = 0;
    uint32_t *ids = malloc((c->stream_count + 1) * sizeof *ids);
    if (!ids) return;
    for (size_t i = 0; i < STREAM_BUCKETS; i++)
        for (struct stream *s = c->streams[i]; s; s = s->next) ids[count++] = s->id;
    for (size_t i = 0; i < count; i++) {
        struct stream *s = stream_find(c, ids[i]);
        if (s) fn(s, context);
    }
    free(ids);
}

static void resume(struct stream *s, void *context) {
    struct connection *c = context;
    uint32_t id = s->id;
    for (int channel = CHANNEL_OUT; channel <= CHANNEL_ERR; channel++) {
        s = stream_find(c, id);
        if (s && s->verb->credit && !c->full && !c->dead) s->verb->credit(s, channel);
    }
}

void streams_resume(struct connection *c) {
    each(c, resume, c);
}

void streams_drop(struct connection *c) {
    for (size_t i = 0; i < STREAM_BUCKETS; i++) {
        while (c->streams[i]) {
            struct stream *s = c->streams[i];
            if (s->verb && s->verb->closed) s->verb->closed(s);
            unlink_stream(s);
            free(s);
        }
    }
}

void streams_each(void (*fn)(struct stream *s, void *context), void *context) {
    for (struct connection *c = connections; c; c = c->next)
        if (!c->dead) each(c, fn, context);
}

size_t stream_credit(const struct stream *s, int channel) {
    return s->connection->full || s->connection->dead ? 0 : s->send_credit[channel];
}

void stream_data(struct stream *s, int channel, const void *data, size_t length) {
    s->send_credit[channel] -= length;
    connection_send(s->connection, TYPE_DATA, s->id, (uint8_t)channel, data, length);
}

void stream_eof(struct stream *s, int channel) {
    connection_send(s->connection, TYPE_EOF, s->id, (uint8_t)channel, NULL, 0);
}

static void give_credit(struct stream *s, uint32_t more) {
    s->in_credit += more;
    connection_send(s->connection, TYPE_WINDOW, s->id, CHANNEL_IN, &more, sizeof more);
}

void stream_widen(struct stream *s) {
    s->in_step = WIDE_WINDOW / 4;
    give_credit(s, WIDE_WINDOW - INITIAL_WINDOW);
}

void stream_consumed(struct stream *s, size_t length) {
    s->in_owed += length;
    if (s->in_owed < s->in_step || s->in_eof) return;
    give_credit(s, (uint32_t)s->in_owed);
    s->in_owed = 0;
}

size_t stream_queued(const struct stream *s) {
    return s->connection->out.length;
}

/* False, and the stream is ended, if the payload could not be built. */
static bool complete(struct stream *s, struct writer *w) {
    if (!w->failed && w->length <= MAX_PAYLOAD) return true;
    writer_free(w);
    stream_error(s, "INTERNAL", "the answer does not fit a frame");
    return false;
}

void stream_reply(struct stream *s, struct writer *w) {
    connection_send(s->connection, TYPE_REPLY, s->id, 0, w ? w->data : NULL, w ? w->length : 0);
    if (w) writer_free(w);
}

void stream_event(struct stream *s, struct writer *w) {
    connection_send(s->connection, TYPE_EVENT, s->id, 0, w->data, w->length);
    writer_free(w);
}

void stream_end(struct stream *s, struct writer *w) {
    struct writer none = {0};
    if (!w) w = &none;
    if (complete(s, w)) finish(s, TYPE_END, w);
}

void stream_error(struct stream *s, const char *code, const char *format, ...) {
    char message[4608];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    struct writer w = {0};
    writer_text(&w, TAG_CODE, code);
    writer_text(&w, TAG_MESSAGE, message);
    finish(s, TYPE_ERROR, &w);
}

void stream_abort(struct stream *s, const char *code, const char *message) {
    if (s->verb->closed) s->verb->closed(s);
    stream_error(s, code, "%s", message);
}

void stream_errno(struct stream *s, int error, const char *what) {
    stream_error(s, error_code(error), "%s: %s", what, strerror(error));
}
