/* The role `probe`: in a helper container on a network that should lead nowhere, it tries what should not answer. */
#ifndef SANDSTACK_PROBE_H
#define SANDSTACK_PROBE_H
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { PROBE_TRIES = 512 };

/* One connect, or one question, that is under way. */
struct try {
    int fd;               /* -1 when nothing more comes of it */
    const char *question; /* the name that is asked for; NULL for a TCP connect */
    enum { WHATEVER, FORWARDED, FROM_OUTSIDE } counts; /* which answers to a question are one */
    uint16_t id;
    char what[96]; /* who is tried, in the line that tells of its answer */
};

struct tries {
    struct try all[PROBE_TRIES];
    size_t count;
    size_t answered;
};

/* An address as text, either family; false if it is none. */
bool probe_address(struct sockaddr_storage *out, const char *text);

/* Begins one; where no way leads there it is done with. False where there is no room or no socket, with a word to stderr. */
bool tries_tcp(struct tries *t, const char *who, const char *address, uint16_t port);
bool tries_dns(struct tries *t, const char *who, const char *address, const char *question, bool forwards);
/* The same question to all at an address of broadcast or multicast. Who answers from the network itself does not count. */
bool tries_everybody(struct tries *t, const char *address, const char *question);

/* Looks at one that is ready, tells of an answer, and is done with it. */
void tries_take(struct tries *t, struct try *one);

/* The address and the mask of what is here beside loopback; false if that is nothing. */
bool own_network(struct in_addr *address, struct in_addr *mask);

/* A question for A records: its length. */
size_t dns_question(uint8_t *to, size_t room, uint16_t id, const char *name);
/* Whether a resolver on this side has this from somebody else. */
bool dns_is_forwarded(const uint8_t *answer, size_t length, uint16_t id);
#endif
