/* DIAL: a TCP connection to a port inside. The guest lives in the sandbox's network namespace, and forwards bytes. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "loop.h"
#include "protocol.h"
#include "queue.h"
#include "verbs.h"

struct call {
    struct stream *stream;
    int fd, port;
    struct watch watch;
    struct queue in; /* of the client, for the socket: no more than the stream's credit */
    bool connected, in_ended, out_ended;
};

static void free_call(struct call *c) {
    watch_stop(&c->watch);
    close(c->fd);
    queue_free(&c->in);
    free(c);
}

static void fail(struct call *c, int error) {
    struct stream *s = c->stream;
    const char *code = error == ECONNREFUSED || error == ECONNRESET || error == EPIPE || error == ETIMEDOUT
                           ? "CONNECTION_REFUSED"
                           : "INTERNAL";
    stream_error(s, code, "port %d: %s", c->port, strerror(error));
    free_call(c);
}

static void on_event(void *context, uint32_t events);

/* Waits only for what can be used: a hang-up that nothing can be done about would be told again and again. */
static void update_watch(struct call *c) {
    bool reads = c->connected && !c->out_ended && stream_credit(c->stream, CHANNEL_OUT) > 0;
    uint32_t events = (reads ? EPOLLIN : 0) | (!c->connected || c->in.length ? EPOLLOUT : 0);
    if (!events) watch_stop(&c->watch);
    else if (c->watch.active) watch_events(&c->watch, events);
    else watch_start(&c->watch, c->fd, events, on_event, c);
}

/* Ends the stream if both ways are at their end; true if so. */
static bool finish(struct call *c) {
    if (!c->out_ended || !c->in_ended || c->in.length) return false;
    stream_end(c->stream, NULL);
    free_call(c);
    return true;
}

/* False if the call is over. */
static bool write_socket(struct call *c) {
    size_t before = c->in.length;
    if (queue_send(&c->in, c->fd) < 0) {
        fail(c, errno);
        return false;
    }
    stream_consumed(c->stream, before - c->in.length);
    if (c->in_ended && c->in.length == 0) shutdown(c->fd, SHUT_WR);
    return true;
}

static bool read_socket(struct call *c) {
    static uint8_t buffer[MAX_PAYLOAD];
    size_t room = stream_credit(c->stream, CHANNEL_OUT);
    if (room == 0 || c->out_ended) return true;
    ssize_t length = recv(c->fd, buffer, room < sizeof buffer ? room : sizeof buffer, MSG_DONTWAIT);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (length < 0) {
        fail(c, errno);
        return false;
    }
    if (length > 0) {
        stream_data(c->stream, CHANNEL_OUT, buffer, (size_t)length);
        return true;
    }
    c->out_ended = true;
    stream_eof(c->stream, CHANNEL_OUT);
    return true;
}

/* The result of the connect; false if the call is over. */
static bool take_result(struct call *c) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) error = errno;
    if (error) {
        fail(c, error);
        return false;
    }
    c->connected = true;
    stream_reply(c->stream, NULL);
    return true;
}

static void on_event(void *context, uint32_t events) {
    struct call *c = context;
    (void)events;
    if (!c->connected && !take_result(c)) return;
    if (!write_socket(c) || !read_socket(c) || finish(c)) return;
    update_watch(c);
}

static void open_dial(struct stream *s, const struct fields *f) {
    uint64_t port = fields_number(f, TAG_PORT, 0);
    if (port < 1 || port > 65535) {
        stream_error(s, "BAD_REQUEST", "PORT %llu: 1 to 65535", (unsigned long long)port);
        return;
    }
    struct call *c = calloc(1, sizeof *c);
    int fd = c ? socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) : -1;
    if (fd < 0) {
        stream_errno(s, errno, "a socket");
        free(c);
        return;
    }
    *c = (struct call){.stream = s, .fd = fd, .port = (int)port};
    s->state = c;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) fail(c, errno);
    else if (watch_start(&c->watch, fd, EPOLLOUT, on_event, c) < 0) fail(c, errno);
}

static void data(struct stream *s, const uint8_t *bytes, size_t length) {
    struct call *c = s->state;
    if (!queue_append(&c->in, bytes, length)) fail(c, ENOMEM);
    else if (!c->connected || write_socket(c)) update_watch(c);
}

static void eof(struct stream *s) {
    struct call *c = s->state;
    c->in_ended = true;
    if (c->connected && write_socket(c) && !finish(c)) update_watch(c);
}

static void credit(struct stream *s, int channel) {
    struct call *c = s->state;
    if (channel == CHANNEL_OUT) update_watch(c);
}

static void closed(struct stream *s) {
    free_call(s->state);
}

const struct verb verb_dial = {
    .number = VERB_DIAL, .open = open_dial, .data = data, .eof = eof, .credit = credit, .closed = closed};
