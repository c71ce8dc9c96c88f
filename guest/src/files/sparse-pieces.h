/* The pieces where a file has data; the rest of it is holes. */
#ifndef SANDSTACK_SPARSE_PIECES_H
#define SANDSTACK_SPARSE_PIECES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct sparse_piece {
    uint64_t offset, length;
};

/* In order, none touching another. Zeroed before first use. */
struct sparse_pieces {
    struct sparse_piece *list;
    size_t count, room;
};

/* The most pieces that one list holds: 16 MiB of memory. */
enum { MAX_SPARSE_PIECES = 1 << 20 };

/* Whether it is worth looking for holes: the file has fewer blocks than bytes. */
bool sparse_worth(const struct stat *info);
/* False with errno; E2BIG for too many. */
bool sparse_add(struct sparse_pieces *p, uint64_t offset, uint64_t length);
/* Finds some more pieces of a file, from *at on. 1: there may be more; 0: that was all; -1 with errno. The last piece is
 * empty, and stands for the end, where a hole comes last. */
int sparse_find(struct sparse_pieces *p, int fd, uint64_t size, uint64_t *at);
uint64_t sparse_total(const struct sparse_pieces *p);
void sparse_free(struct sparse_pieces *p);

/* The map of the pieces as it stands in an archive, before their data (sparse-body.h): its length in bytes, and its lines,
 * one after the other: line 0 is the count, then one a piece. */
size_t sparse_map_length(const struct sparse_pieces *p);
enum { SPARSE_LINE = 64 };
size_t sparse_map_line(const struct sparse_pieces *p, size_t line, char out[SPARSE_LINE]);
#endif
