/* A file with holes as it comes: a map, then the bytes that it names, as GNU tar's pax format 1.0 has them. The map is
 * decimal numbers with a newline behind each: how many pieces; then offset and length of each; filled up to a block. */
#ifndef SANDSTACK_SPARSE_BODY_H
#define SANDSTACK_SPARSE_BODY_H
#include "sparse-pieces.h"

struct sparse_body {
    uint64_t size; /* of the file */
    struct sparse_pieces pieces;
    /* The map, as far as it has come. */
    uint64_t announced, number;
    size_t numbers, digits, length;
    bool partial; /* the last data is no whole blocks, as only a file's end may be: readers differ in what is between */
    bool mapped;
    /* The data: which piece comes, and how much of it has. */
    size_t at;
    uint64_t done, written;
};

void sparse_begin(struct sparse_body *b, uint64_t size);
/* sparse-map.c: takes bytes of the map; gives how many were of it. *wrong is NULL, or what is wrong with it. Pure. */
size_t sparse_take_map(struct sparse_body *b, const uint8_t *bytes, size_t length, const char **wrong);
/* Takes bytes, and writes them where they belong. False with *wrong, or where that is NULL with errno. */
bool sparse_take(struct sparse_body *b, int fd, const uint8_t *bytes, size_t length, const char **wrong);
/* All has come: gives the file its size. False as above. */
bool sparse_finish(struct sparse_body *b, int fd, const char **wrong);
void sparse_end(struct sparse_body *b);
#endif
