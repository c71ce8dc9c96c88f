#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "probe.h"
#include "roles.h"

#define RESOLVER "127.0.0.11" /* where Docker has its embedded one */
#define METADATA "169.254.169.254"

enum {
    CLOSED = 0,
    FAILED = 1,
    MISUSED = 2,
    OPEN = 3,
    LIMIT_MS = 1300, /* the kernel asks for a neighbour, and sends a SYN, once more after a second */
    WORDS = 4096,
};

static const uint16_t usual_ports[] = {22, 53, 80, 443, 2375, 2376, 8080};
/* One that exists nowhere shows that somebody was asked as well as one that exists. */
static const char *const questions[] = {"sandstack.invalid", "example.com"};

/* Calls fn with every word of a variable, in text that stays; a variable that is not set has none. */
static bool each_word(const char *variable, bool (*fn)(struct tries *t, const char *word), struct tries *t) {
    const char *value = getenv(variable);
    char words[WORDS], *rest;
    if (!value) return true;
    if (strlen(value) >= sizeof words) return false;
    strcpy(words, value);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        if (!fn(t, word)) return false;
    return true;
}

static uint16_t port_of(const char *text) {
    char *end;
    unsigned long port = strtoul(text, &end, 10);
    return *end == 0 && port <= UINT16_MAX ? (uint16_t)port : 0;
}

static bool check_gateway(struct tries *t, const char *word) {
    (void)t;
    struct sockaddr_storage address;
    if (probe_address(&address, word)) return true;
    fprintf(stderr, "SANDSTACK_GATEWAYS: %s is no address\n", word);
    return false;
}

static bool check_port(struct tries *t, const char *word) {
    (void)t;
    if (port_of(word)) return true;
    fprintf(stderr, "SANDSTACK_PORTS: %s is no port\n", word);
    return false;
}

static const char *gateway;

static bool try_port(struct tries *t, const char *word) {
    return tries_tcp(t, "gateway", gateway, port_of(word));
}

static bool try_gateway(struct tries *t, const char *address) {
    gateway = address;
    for (size_t i = 0; i < sizeof usual_ports / sizeof *usual_ports; i++)
        if (!tries_tcp(t, "gateway", address, usual_ports[i])) return false;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (!tries_dns(t, "gateway", address, questions[i], false)) return false;
    return each_word("SANDSTACK_PORTS", try_port, t);
}

/* What is sent to all arrives also where nobody has an address. */
static bool begin(struct tries *t) {
    if (!each_word("SANDSTACK_GATEWAYS", try_gateway, t)) return false;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (!tries_dns(t, "resolver", RESOLVER, questions[i], true)) return false;
    if (!tries_everybody(t, "255.255.255.255", questions[0]) || !tries_everybody(t, "224.0.0.1", questions[0])) return false;
    return tries_tcp(t, "metadata", METADATA, 80);
}

/* The wall clock may be set meanwhile, and an answer would come too late. */
static uint64_t ms_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Until all have ended or the time is over; false if it can't wait. */
static bool wait_for_answers(struct tries *t) {
    static struct pollfd ready[PROBE_TRIES];
    const uint64_t until = ms_now() + LIMIT_MS;
    for (;;) {
        uint64_t now = ms_now();
        size_t left = 0;
        for (size_t i = 0; i < t->count; i++) {
            ready[i] = (struct pollfd){.fd = t->all[i].fd, .events = t->all[i].question ? POLLIN : POLLOUT};
            left += t->all[i].fd >= 0;
        }
        if (left == 0 || now >= until) return true;
        if (poll(ready, t->count, (int)(until - now)) < 0 && errno != EINTR) return false;
        for (size_t i = 0; i < t->count; i++)
            if (ready[i].fd >= 0 && ready[i].revents) tries_take(t, &t->all[i]);
    }
}

int probe_main(void) {
    static struct tries tries;
    if (!each_word("SANDSTACK_GATEWAYS", check_gateway, NULL) || !each_word("SANDSTACK_PORTS", check_port, NULL)) return MISUSED;
    struct in_addr address, mask;
    /* From where there is no way at all, nothing answers whatever the network is like. */
    if (!own_network(&address, &mask)) {
        fprintf(stderr, "there is no network here to try\n");
        return FAILED;
    }
    if (!begin(&tries) || !wait_for_answers(&tries)) return FAILED;
    return fflush(stdout) == 0 ? (tries.answered ? OPEN : CLOSED) : FAILED;
}
