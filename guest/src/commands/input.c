/* Bytes for a command's stdin, from its own stream and from those of the verb STDIN, in the order in which they came. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "command.h"
#include "verbs.h"

struct pending {
    struct pending *next;
    struct stream *stream; /* whose credit these bytes are; NULL if it is gone */
    bool ends_stream, closes;
    size_t offset, length;
    uint8_t data[];
};

static void pop(struct input *input) {
    struct pending *p = input->first;
    input->first = p->next;
    if (!input->first) input->last = NULL;
    free(p);
}

static void shut(struct input *input) {
    watch_stop(&input->watch);
    if (input->fd >= 0) close(input->fd);
    input->fd = -1;
}

/* Everything that came before this mark is written, or nobody reads it any more. */
static void pass_mark(struct command *c, struct pending *p) {
    struct stream *s = p->ends_stream ? p->stream : NULL;
    if (p->closes && c->flags & SPAWN_FLAG_PTY && c->input.fd >= 0) {
        ssize_t written = write(c->input.fd, "\x04", 1); /* what a person types for the end */
        (void)written;
    } else if (p->closes) {
        shut(&c->input);
    }
    if (s) {
        attachment_remove(s->state);
        stream_end(s, NULL);
    }
}

/* Writes one piece; false if the pipe is full. Bytes for a stdin that is closed are taken in and lost, as in a shell. */
static bool write_piece(struct command *c, struct pending *p) {
    size_t left = p->length - p->offset;
    ssize_t written = c->input.fd < 0 ? (ssize_t)left : write(c->input.fd, p->data + p->offset, left);
    if (written < 0 && errno == EAGAIN) return false;
    if (written < 0) {
        shut(&c->input);
        written = (ssize_t)left;
    }
    p->offset += (size_t)written;
    if (p->stream) stream_consumed(p->stream, (size_t)written);
    return true;
}

static void on_writable(void *context, uint32_t events);

static void flush(struct command *c) {
    struct input *input = &c->input;
    while (input->first) {
        struct pending *p = input->first;
        if (p->offset < p->length) {
            if (!write_piece(c, p)) {
                if (!input->watch.active) watch_start(&input->watch, input->fd, EPOLLOUT, on_writable, c);
                return;
            }
            continue;
        }
        if (p->length == 0) pass_mark(c, p);
        pop(input);
    }
    watch_stop(&input->watch);
}

static void on_writable(void *context, uint32_t events) {
    (void)events;
    flush(context);
}

static struct pending *append(struct command *c, struct stream *s, const uint8_t *data, size_t length) {
    struct pending *p = malloc(sizeof *p + length);
    if (!p) return NULL;
    *p = (struct pending){.stream = s, .length = length};
    if (length) memcpy(p->data, data, length);
    if (c->input.last) c->input.last->next = p;
    else c->input.first = p;
    c->input.last = p;
    return p;
}

void input_write(struct command *c, struct stream *s, const uint8_t *data, size_t length) {
    if (append(c, s, data, length)) flush(c);
    else stream_consumed(s, length);
}

void input_finish(struct command *c, struct stream *s, bool close) {
    struct pending *p = append(c, s, NULL, 0);
    if (!p) return;
    p->ends_stream = s != NULL;
    p->closes = close;
    flush(c);
}

void input_forget(struct command *c, const struct stream *s) {
    for (struct pending *p = c->input.first; p; p = p->next)
        if (p->stream == s) p->stream = NULL;
}

void input_close(struct command *c) {
    shut(&c->input);
    flush(c);
}

static void stdin_open(struct stream *s, const struct fields *f) {
    struct command *c = command_of_request(s, f, true);
    if (!c) return;
    if (!(c->flags & SPAWN_FLAG_STDIN)) {
        stream_error(s, "BAD_REQUEST", "command %d was started without STDIN", (int)c->pid);
        return;
    }
    struct attachment *a = attachment_add(c, s, true);
    if (!a) {
        stream_error(s, "INTERNAL", "out of memory");
        return;
    }
    a->closes_stdin = fields_number(f, TAG_FLAGS, 0) & STDIN_FLAG_CLOSE;
    stream_reply(s, NULL);
}

static void stdin_data(struct stream *s, const uint8_t *data, size_t length) {
    input_write(((struct attachment *)s->state)->command, s, data, length);
}

static void stdin_eof(struct stream *s) {
    struct attachment *a = s->state;
    input_finish(a->command, s, a->closes_stdin);
}

const struct verb verb_stdin = {
    .number = VERB_STDIN, .open = stdin_open, .data = stdin_data, .eof = stdin_eof, .closed = attachment_closed};
