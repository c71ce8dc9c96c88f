#include "farewell.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include "connection.h"

enum { PATIENCE_MS = 500 };

/* False once the other side has ended, or is broken. */
static bool listens(const struct connection *c) {
    static char nothing[4096];
    ssize_t length;
    while ((length = recv(c->fd, nothing, sizeof nothing, MSG_DONTWAIT)) > 0) continue;
    return length < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Sends what is left; behind it comes the end. */
static void part(struct connection *c) {
    if (queue_send(&c->out, c->fd) < 0 || !listens(c)) c->dead = true;
    else if (c->out.length == 0) shutdown(c->fd, SHUT_WR);
}

void farewell(void) {
    static struct pollfd polls[MAX_CONNECTIONS + 1];
    uint64_t until = loop_now_ms() + PATIENCE_MS;
    for (uint64_t now = until - PATIENCE_MS; now < until; now = loop_now_ms()) {
        nfds_t count = 0;
        for (struct connection *c = connections; c; c = c->next) {
            if (!c->dead) part(c);
            if (c->dead || count > MAX_CONNECTIONS) continue;
            polls[count++] = (struct pollfd){.fd = c->fd, .events = (short)(POLLIN | (c->out.length ? POLLOUT : 0))};
        }
        if (count == 0 || poll(polls, count, (int)(until - now)) == 0) return;
    }
}
