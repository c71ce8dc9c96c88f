#include "hold.h"
#include <stdlib.h>
#include <string.h>
#include "connection.h"

/* A stream that waits has this state, and the verb `waiting` in the place of its own. */
struct held {
    struct stream *stream;
    const struct verb *verb;
    struct queue fields, data;
    bool eof;
    struct held *next;
};

static bool holding;
static struct held *first, **last = &first;

static void free_held(struct held *h) {
    if (h->fields.length > MAX_PAYLOAD) request_room_give(h->fields.length);
    queue_free(&h->fields);
    queue_free(&h->data);
    free(h);
}

static void on_data(struct stream *s, const uint8_t *data, size_t length) {
    struct held *h = s->state;
    if (!queue_append(&h->data, data, length)) stream_abort(s, "INTERNAL", "out of memory");
}

static void on_eof(struct stream *s) {
    ((struct held *)s->state)->eof = true;
}

static void on_closed(struct stream *s) {
    struct held **at = &first;
    while (*at != s->state) at = &(*at)->next;
    *at = (*at)->next;
    if (!*at) last = at;
    free_held(s->state);
}

static const struct verb waiting = {.data = on_data, .eof = on_eof, .closed = on_closed};

bool hold_takes(const struct verb *verb) {
    return holding && !verb->at_once;
}

void hold_stream(struct stream *s, const struct fields *f) {
    bool large = f->length > MAX_PAYLOAD;
    if (large && !request_room_take(f->length)) {
        stream_error(s, "LIMIT", "too many large requests wait");
        return;
    }
    struct held *h = calloc(1, sizeof *h);
    if (!h || !queue_append(&h->fields, f->data, f->length)) {
        free(h);
        if (large) request_room_give(f->length);
        stream_error(s, "INTERNAL", "out of memory");
        return;
    }
    h->stream = s;
    h->verb = s->verb;
    s->verb = &waiting;
    s->state = h;
    *last = h;
    last = &h->next;
}

/* Does with the stream what was done with it meanwhile; it may be over after any of that. */
static void open_held(struct held *h) {
    struct stream *s = h->stream;
    struct connection *c = s->connection;
    uint32_t id = s->id;
    s->verb = h->verb;
    s->state = NULL;
    s->verb->open(s, &(struct fields){h->fields.data + h->fields.start, h->fields.length});
    const uint8_t *data = h->data.data + h->data.start;
    if (h->data.length && (s = stream_find(c, id))) {
        if (s->verb->data) s->verb->data(s, data, h->data.length);
        else stream_consumed(s, h->data.length);
    }
    if (h->eof && (s = stream_find(c, id)) && s->verb->eof) s->verb->eof(s);
}

void hold_begin(void) {
    holding = true;
}

void hold_end(void) {
    holding = false;
    /* One of them may begin the next. */
    while (first && !holding) {
        struct held *h = first;
        first = h->next;
        if (!first) last = &first;
        open_held(h);
        free_held(h);
    }
}
