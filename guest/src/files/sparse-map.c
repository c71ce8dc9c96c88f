#include "sparse-body.h"

enum { BLOCK = 512 };

void sparse_begin(struct sparse_body *b, uint64_t size) {
    *b = (struct sparse_body){.size = size};
}

void sparse_end(struct sparse_body *b) {
    sparse_free(&b->pieces);
}

/* The first is how many pieces there are; then each has two. */
static const char *take_number(struct sparse_body *b) {
    const struct sparse_piece *last = b->pieces.count ? &b->pieces.list[b->pieces.count - 1] : NULL;
    uint64_t end = last ? last->offset + last->length : 0, number = b->number;
    b->number = 0;
    b->digits = 0;
    if (b->numbers++ == 0) {
        b->announced = number;
        return number > MAX_SPARSE_PIECES ? "a sparse map has too many pieces" : NULL;
    }
    if (b->numbers % 2 == 0) {
        if (number < end) return "a sparse map is out of order, or has pieces that overlap";
        if (number > b->size) return "a sparse map leads past the file's end";
        return sparse_add(&b->pieces, number, 0) ? NULL : "a sparse map is too large";
    }
    struct sparse_piece *open = &b->pieces.list[b->pieces.count - 1];
    if (number > b->size - open->offset) return "a sparse map leads past the file's end";
    if (number > 0 && b->partial) return "a sparse map has a piece that is no whole blocks";
    b->partial = b->partial || number % BLOCK;
    open->length = number;
    return NULL;
}

size_t sparse_take_map(struct sparse_body *b, const uint8_t *bytes, size_t length, const char **wrong) {
    size_t taken = 0;
    *wrong = NULL;
    while (taken < length && !b->mapped && !*wrong) {
        bool whole = b->numbers > 0 && b->numbers == 1 + 2 * b->announced;
        uint8_t byte = bytes[taken++];
        b->length++;
        if (whole) {
            if (byte) *wrong = "a sparse map is longer than it says";
        } else if (byte == '\n' && b->digits > 0) {
            *wrong = take_number(b);
            whole = b->numbers == 1 + 2 * b->announced;
        } else if (byte >= '0' && byte <= '9' && b->number <= (INT64_MAX - 9) / 10) {
            b->number = b->number * 10 + (uint64_t)(byte - '0');
            b->digits++;
        } else {
            *wrong = "a sparse map is malformed";
        }
        b->mapped = whole && b->length % BLOCK == 0;
    }
    return taken;
}
