/* The role `bridge`: a client's way to the guest of a container, through the engine's exec. Both directions at once and
 * without waiting for each other: a guest that is slow to take must still get rid of what it has to say. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "roles.h"
#include "way-in.h"

enum { ROOM = 262144, TRIES = 500, TRY_MS = 10 };

struct way {
    int from, to;
    size_t start, length;
    bool over; /* nothing more comes */
    uint8_t bytes[ROOM];
};

/* A container that has just been started may not listen yet. */
static int connect_to_guest(void) {
    const struct timespec pause = {.tv_nsec = TRY_MS * 1000000};
    for (int i = 0; i < TRIES; i++) {
        int fd = way_in_connect();
        if (fd >= 0 || (errno != ENOENT && errno != ECONNREFUSED)) return fd;
        nanosleep(&pause, NULL);
    }
    return -1;
}

static bool would_block(void) {
    return errno == EAGAIN || errno == EINTR;
}

/* False if the one that it comes from or goes to is broken. */
static bool move(struct way *w) {
    if (w->length == 0 && !w->over) {
        ssize_t got = read(w->from, w->bytes, ROOM);
        if (got < 0) return would_block();
        w->over = got == 0;
        w->start = 0;
        w->length = (size_t)got;
    }
    if (w->length == 0) return true;
    ssize_t sent = write(w->to, w->bytes + w->start, w->length);
    if (sent < 0) return would_block();
    w->start += (size_t)sent;
    w->length -= (size_t)sent;
    return true;
}

static struct pollfd wish(const struct way *w) {
    bool idle = w->over && w->length == 0;
    return (struct pollfd){.fd = idle ? -1 : w->length ? w->to : w->from, .events = w->length ? POLLOUT : POLLIN};
}

/* Until the guest, or the client's way back, is at its end. */
static int copy(int socket_fd) {
    static struct way in, out;
    in = (struct way){.from = STDIN_FILENO, .to = socket_fd};
    out = (struct way){.from = socket_fd, .to = STDOUT_FILENO};
    bool told = false;
    while (!out.over || out.length) {
        struct pollfd ready[2] = {wish(&in), wish(&out)};
        if (poll(ready, 2, -1) < 0 && errno != EINTR) return 1;
        if (ready[0].revents && !move(&in)) in.over = true, in.length = 0;
        if (ready[1].revents && !move(&out)) return 1;
        if (in.over && in.length == 0 && !told) told = shutdown(socket_fd, SHUT_WR) == 0 || errno != EINTR;
    }
    return 0;
}

int bridge_main(void) {
    int socket_fd = connect_to_guest();
    if (socket_fd < 0) {
        perror("connecting to the sandbox's guest");
        return 1;
    }
    for (int fd = 0; fd <= socket_fd; fd++) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return copy(socket_fd);
}
