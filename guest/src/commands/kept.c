#include "kept.h"
#include <stdlib.h>
#include <string.h>
#include "protocol.h"

enum {
    SMALLEST = 128,
    MAX_COST = 2 * KEPT_OUTPUT, /* many tiny pieces of changing channel: the oldest go before the memory does */
};

struct chunk {
    struct chunk *next;
    int channel;
    size_t start, end, room;
    uint8_t data[];
};

static void drop_front(struct kept *k, size_t length) {
    struct chunk *c = k->first;
    c->start += length;
    k->bytes -= length;
    k->dropped += length;
    if (c->start < c->end || c == k->last) return;
    k->first = c->next;
    k->cost -= sizeof *c + c->room;
    free(c);
}

static void trim(struct kept *k) {
    while (k->bytes > KEPT_OUTPUT) {
        size_t over = k->bytes - KEPT_OUTPUT, size = k->first->end - k->first->start;
        drop_front(k, over < size ? over : size);
    }
    while (k->cost > MAX_COST && k->first != k->last) drop_front(k, k->first->end - k->first->start);
}

static struct chunk *add_chunk(struct kept *k, int channel, size_t length) {
    size_t room = length < SMALLEST ? SMALLEST : length;
    struct chunk *c = malloc(sizeof *c + room);
    if (!c) return NULL;
    *c = (struct chunk){.channel = channel, .room = room};
    if (k->last) k->last->next = c;
    else k->first = c;
    k->last = c;
    k->cost += sizeof *c + room;
    return c;
}

void kept_append(struct kept *k, int channel, const uint8_t *data, size_t length) {
    struct chunk *c = k->last;
    if (!c || c->channel != channel || c->room - c->end < length) c = add_chunk(k, channel, length);
    if (!c) {
        k->dropped += length;
        return;
    }
    memcpy(c->data + c->end, data, length);
    c->end += length;
    k->bytes += length;
    trim(k);
}

void kept_free(struct kept *k) {
    while (k->first) {
        struct chunk *c = k->first;
        k->first = c->next;
        free(c);
    }
    *k = (struct kept){0};
}

bool kept_next(const struct kept *k, struct kept_reader *r, int *channel, const uint8_t **data, size_t *length) {
    if (!r->chunk) *r = (struct kept_reader){k->first, k->first ? k->first->start : 0};
    struct chunk *c = r->chunk;
    if (c && r->offset == c->end && c->next) {
        c = c->next;
        *r = (struct kept_reader){c, c->start};
    }
    if (!c || r->offset == c->end) return false;
    *channel = c->channel;
    *data = c->data + r->offset;
    *length = c->end - r->offset;
    return true;
}

void kept_advance(struct kept_reader *r, size_t length) {
    r->offset += length;
}
