#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "probe.h"

enum { DNS_PORT = 53, MESSAGE = 1500 };

bool probe_address(struct sockaddr_storage *out, const char *text) {
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) out->ss_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) out->ss_family = AF_INET6;
    return out->ss_family != AF_UNSPEC;
}

/* The port is at the same place in both families. */
static int start(const char *address, uint16_t port, int type) {
    struct sockaddr_storage to;
    if (!probe_address(&to, address)) return errno = EINVAL, -1;
    ((struct sockaddr_in *)&to)->sin_port = htons(port);
    int fd = socket(to.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    socklen_t length = to.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    if (connect(fd, (struct sockaddr *)&to, length) == 0 || errno == EINPROGRESS) return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

/* Whether an error is of this side; all others are what the way to there says, and it leads nowhere. */
static bool is_own_fault(int reason, const struct try *one) {
    bool own = reason == EMFILE || reason == ENFILE || reason == ENOBUFS || reason == ENOMEM || reason == EINVAL;
    if (own) fprintf(stderr, "%s: %s\n", one->what, strerror(reason));
    return own;
}

static struct try *next(struct tries *t) {
    if (t->count < PROBE_TRIES) return &t->all[t->count];
    fprintf(stderr, "more than %d tries\n", PROBE_TRIES);
    return NULL;
}

bool tries_tcp(struct tries *t, const char *who, const char *address, uint16_t port) {
    struct try *one = next(t);
    if (!one) return false;
    snprintf(one->what, sizeof one->what, "%s %s port %d", who, address, port);
    one->question = NULL;
    one->counts = WHATEVER;
    one->fd = start(address, port, SOCK_STREAM);
    if (one->fd < 0) return !is_own_fault(errno, one);
    t->count++;
    return true;
}

/* Asks on a socket that has been made, or could not be. */
static bool ask(struct tries *t, struct try *one, const struct sockaddr_in *to) {
    uint8_t message[MESSAGE];
    if (one->fd < 0) return !is_own_fault(errno, one);
    t->count++;
    size_t length = dns_question(message, sizeof message, one->id, one->question);
    socklen_t room = to ? sizeof *to : 0;
    if (sendto(one->fd, message, length, 0, (const struct sockaddr *)to, room) == (ssize_t)length) return true;
    int reason = errno;
    close(one->fd);
    one->fd = -1;
    return !is_own_fault(reason, one);
}

bool tries_dns(struct tries *t, const char *who, const char *address, const char *question, bool forwards) {
    struct try *one = next(t);
    if (!one) return false;
    *one = (struct try){.question = question, .counts = forwards ? FORWARDED : WHATEVER, .id = (uint16_t)(t->count + 1)};
    snprintf(one->what, sizeof one->what, "%s %s dns %s", who, address, question);
    one->fd = start(address, DNS_PORT, SOCK_DGRAM);
    return ask(t, one, NULL);
}

/* Bound to the address that it has there: so the way needs no route. */
static int open_to_all(void) {
    struct sockaddr_in own = {.sin_family = AF_INET};
    struct in_addr mask;
    if (!own_network(&own.sin_addr, &mask)) return -1;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    bool may = setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){1}, sizeof(int)) == 0;
    if (may && bind(fd, (struct sockaddr *)&own, sizeof own) == 0) return fd;
    close(fd);
    errno = EINVAL;
    return -1;
}

bool tries_everybody(struct tries *t, const char *address, const char *question) {
    struct try *one = next(t);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(DNS_PORT)};
    if (!one) return false;
    *one = (struct try){.question = question, .counts = FROM_OUTSIDE, .id = (uint16_t)(t->count + 1)};
    snprintf(one->what, sizeof one->what, "everybody %s dns %s", address, question);
    inet_pton(AF_INET, address, &to.sin_addr);
    one->fd = open_to_all();
    return ask(t, one, &to);
}

static bool is_beside(const struct sockaddr_storage *from) {
    struct in_addr own, mask, other = ((const struct sockaddr_in *)from)->sin_addr;
    return own_network(&own, &mask) && ((own.s_addr ^ other.s_addr) & mask.s_addr) == 0;
}

static const char *dns_outcome(const struct try *one) {
    uint8_t message[MESSAGE];
    struct sockaddr_storage from;
    socklen_t room = sizeof from;
    ssize_t got = recvfrom(one->fd, message, sizeof message, 0, (struct sockaddr *)&from, &room);
    /* A gateway that refuses is there. At the resolver's place nobody has to be. */
    if (got < 0) return errno == ECONNREFUSED && one->counts == WHATEVER ? "refused" : NULL;
    if (one->counts == FORWARDED && !dns_is_forwarded(message, (size_t)got, one->id)) return NULL;
    if (one->counts == FROM_OUTSIDE && is_beside(&from)) return NULL;
    return "answered";
}

static const char *tcp_outcome(const struct try *one) {
    int reason = 0;
    socklen_t length = sizeof reason;
    if (getsockopt(one->fd, SOL_SOCKET, SO_ERROR, &reason, &length) < 0) return NULL;
    return reason == 0 ? "connected" : reason == ECONNREFUSED ? "refused" : NULL;
}

void tries_take(struct tries *t, struct try *one) {
    const char *how = one->question ? dns_outcome(one) : tcp_outcome(one);
    if (how) {
        printf("%s %s\n", one->what, how);
        t->answered++;
    }
    /* Others of all may still answer. */
    if (!how && one->counts == FROM_OUTSIDE) return;
    close(one->fd);
    one->fd = -1;
}
