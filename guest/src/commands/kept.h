/* The last KEPT_OUTPUT bytes of a background command's output, both channels in order. Readers hold their place; the
 * owner appends only while every reader is at the end (so nothing that a reader has yet to see is dropped). */
#ifndef SANDSTACK_KEPT_H
#define SANDSTACK_KEPT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chunk;

struct kept {
    struct chunk *first, *last;
    size_t bytes, cost; /* cost counts what the chunks take */
    uint64_t dropped;
};

struct kept_reader {
    struct chunk *chunk; /* NULL: at the first */
    size_t offset;
};

/* Out of memory drops the piece. */
void kept_append(struct kept *k, int channel, const uint8_t *data, size_t length);
void kept_free(struct kept *k);
/* What comes next for a reader; false at the end. */
bool kept_next(const struct kept *k, struct kept_reader *r, int *channel, const uint8_t **data, size_t *length);
void kept_advance(struct kept_reader *r, size_t length);
#endif
