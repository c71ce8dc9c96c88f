#include "connection.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "end.h"
#include "hello.h"
#include "protocol.h"

struct connection *connections;
static struct watch listener;
static size_t connection_count;
static bool (*admits)(int fd);

static void update_watch(struct connection *c) {
    bool reads = !c->full && !c->closing;
    watch_events(&c->watch, (reads ? EPOLLIN : 0) | (c->out.length ? EPOLLOUT : 0));
}

static void drop(struct connection *c) {
    if (c->dead) return;
    c->dead = true;
    watch_stop(&c->watch);
    close(c->fd);
    streams_drop(c);
    if (c->leash) end_begin(HOW_KILLED);
}

static void flush(struct connection *c) {
    if (queue_send(&c->out, c->fd) < 0 || (c->closing && c->out.length == 0)) {
        drop(c);
        return;
    }
    if (c->full && c->out.length <= QUEUE_DRAINED) {
        c->full = false;
        streams_resume(c);
    }
    update_watch(c);
}

void connection_send(struct connection *c, uint8_t type, uint32_t stream, uint8_t channel, const void *payload,
                     size_t length) {
    if (c->dead || c->closing) return;
    uint8_t header[HEADER_BYTES];
    frame_encode(header, type, stream, channel, (uint32_t)length);
    if (!queue_append(&c->out, header, sizeof header) || !queue_append(&c->out, payload, length)) {
        /* Out of memory. Its streams may be at work right now: it is dropped at the next flush. */
        queue_free(&c->out);
        c->closing = true;
        return;
    }
    if (c->out.length > QUEUE_FULL) c->full = true;
}

void connection_error(struct connection *c, const char *code, const char *message) {
    struct writer w = {0};
    writer_text(&w, TAG_CODE, code);
    writer_text(&w, TAG_MESSAGE, message);
    connection_send(c, TYPE_ERROR, 0, 0, w.data, w.length);
    writer_free(&w);
    c->closing = true;
}

/* A frame of stream 0; false if there is no such frame. */
static bool receive_own(struct connection *c, const struct frame *frame) {
    if (frame->type != TYPE_PING || frame->length > 64) return false;
    connection_send(c, TYPE_PONG, 0, 0, frame->payload, frame->length);
    return true;
}

static bool goes_on(const struct request *r, const struct frame *frame) {
    return frame->stream == r->stream && (frame->type == TYPE_PART || frame->type == TYPE_OPEN);
}

static void receive(struct connection *c, const struct frame *frame) {
    if (!c->greeted) {
        hello_receive(c, frame);
    } else if (c->request.stream && !goes_on(&c->request, frame)) {
        connection_error(c, "PROTOCOL", "the rest of a request is missing");
    } else if (frame->stream == 0) {
        if (!receive_own(c, frame)) connection_error(c, "PROTOCOL", "no such frame on stream 0");
    } else if (frame->type == TYPE_OPEN) {
        request_open(c, frame);
    } else if (frame->type == TYPE_PART) {
        request_part(c, frame);
    } else {
        stream_receive(c, frame);
    }
}

/* Handles every whole frame that came; what is left is moved to the front. */
static void receive_frames(struct connection *c) {
    size_t done = 0;
    while (!c->closing && !c->full) {
        struct frame frame;
        enum frame_state state = frame_decode(c->in + done, c->in_length - done, &frame);
        if (state == FRAME_PARTIAL) break;
        if (state == FRAME_BROKEN) {
            connection_error(c, "PROTOCOL", "not a frame");
            break;
        }
        receive(c, &frame);
        done += HEADER_BYTES + frame.length;
    }
    memmove(c->in, c->in + done, c->in_length - done);
    c->in_length -= done;
}

static void read_socket(struct connection *c) {
    ssize_t length = recv(c->fd, c->in + c->in_length, sizeof c->in - c->in_length, MSG_DONTWAIT);
    if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR)) {
        drop(c);
        return;
    }
    if (length < 0) return;
    c->in_length += (size_t)length;
    receive_frames(c);
}

static void on_event(void *context, uint32_t events) {
    struct connection *c = context;
    if (events & EPOLLOUT) flush(c);
    if (!c->dead && events & EPOLLIN) read_socket(c);
    else if (!c->dead && events & (EPOLLERR | EPOLLHUP)) drop(c);
}

static void free_dead(void) {
    for (struct connection **at = &connections; *at;) {
        struct connection *c = *at;
        if (!c->dead) {
            at = &c->next;
            continue;
        }
        *at = c->next;
        queue_free(&c->out);
        request_drop(&c->request);
        free(c);
        connection_count--;
    }
}

void connections_flush(void) {
    for (struct connection *c = connections; c; c = c->next) {
        if (c->dead) continue;
        bool was_full = c->full;
        flush(c);
        /* Frames that came while the queue was full are in memory already: no event will tell of them. */
        if (was_full && !c->full && !c->dead) receive_frames(c);
        if (!c->dead) update_watch(c);
    }
    free_dead();
}

static void on_client(void *context, uint32_t events) {
    (void)context;
    (void)events;
    int fd = accept4(listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    bool admitted = !admits || admits(fd);
    struct connection *c = admitted ? malloc(sizeof *c) : NULL;
    if (!c || watch_start(&c->watch, fd, EPOLLIN, on_event, c) < 0) {
        free(c);
        close(fd);
        return;
    }
    struct watch watch = c->watch;
    memset(c, 0, offsetof(struct connection, in));
    c->watch = watch;
    c->fd = fd;
    c->next = connections;
    connections = c;
    if (++connection_count > MAX_CONNECTIONS) connection_error(c, "LIMIT", "256 connections are open");
}

int connections_start(int listening_fd, bool (*fn)(int fd)) {
    admits = fn;
    loop_after_batch(connections_flush);
    return watch_start(&listener, listening_fd, EPOLLIN, on_client, NULL);
}
