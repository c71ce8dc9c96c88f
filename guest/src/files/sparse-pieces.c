#include "sparse-pieces.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK = 512, AT_ONCE = 256, FIRST_ROOM = 16 };

bool sparse_worth(const struct stat *info) {
    return S_ISREG(info->st_mode) && (uint64_t)info->st_blocks * BLOCK < (uint64_t)info->st_size;
}

bool sparse_add(struct sparse_pieces *p, uint64_t offset, uint64_t length) {
    if (p->count == p->room) {
        size_t room = p->room ? p->room * 2 : FIRST_ROOM;
        errno = E2BIG;
        if (p->room >= MAX_SPARSE_PIECES) return false;
        struct sparse_piece *list = realloc(p->list, room * sizeof *list);
        if (!list) return false;
        p->list = list;
        p->room = room;
    }
    p->list[p->count++] = (struct sparse_piece){offset, length};
    return true;
}

void sparse_free(struct sparse_pieces *p) {
    free(p->list);
    *p = (struct sparse_pieces){0};
}

/* Pieces begin and end at blocks of an archive, whatever the file system's own are. */
static bool add_rounded(struct sparse_pieces *p, uint64_t from, uint64_t to, uint64_t size) {
    from -= from % BLOCK;
    to += (BLOCK - to % BLOCK) % BLOCK;
    if (to > size) to = size;
    struct sparse_piece *last = p->count ? &p->list[p->count - 1] : NULL;
    if (!last || last->offset + last->length < from) return sparse_add(p, from, to - from);
    last->length = to - last->offset;
    return true;
}

static int finish(struct sparse_pieces *p, uint64_t size) {
    const struct sparse_piece *last = p->count ? &p->list[p->count - 1] : NULL;
    bool reached = last && last->offset + last->length == size;
    return reached || sparse_add(p, size, 0) ? 0 : -1;
}

int sparse_find(struct sparse_pieces *p, int fd, uint64_t size, uint64_t *at) {
    for (int i = 0; i < AT_ONCE; i++) {
        off_t data = *at < size ? lseek(fd, (off_t)*at, SEEK_DATA) : -1;
        if (data < 0 && *at < size && errno != ENXIO) return -1;
        if (data < 0 || (uint64_t)data >= size) return finish(p, size);
        off_t hole = lseek(fd, data, SEEK_HOLE);
        if (hole <= data) hole = data + 1; /* it has been cut off here meanwhile */
        if (!add_rounded(p, (uint64_t)data, (uint64_t)hole, size)) return -1;
        *at = (uint64_t)hole;
    }
    return 1;
}

uint64_t sparse_total(const struct sparse_pieces *p) {
    uint64_t total = 0;
    for (size_t i = 0; i < p->count; i++) total += p->list[i].length;
    return total;
}

size_t sparse_map_line(const struct sparse_pieces *p, size_t line, char out[SPARSE_LINE]) {
    if (line == 0) return (size_t)snprintf(out, SPARSE_LINE, "%zu\n", p->count);
    const struct sparse_piece *one = &p->list[line - 1];
    return (size_t)snprintf(out, SPARSE_LINE, "%llu\n%llu\n", (unsigned long long)one->offset, (unsigned long long)one->length);
}

size_t sparse_map_length(const struct sparse_pieces *p) {
    char text[SPARSE_LINE];
    size_t length = 0;
    for (size_t line = 0; line <= p->count; line++) length += sparse_map_line(p, line, text);
    return (length + BLOCK - 1) / BLOCK * BLOCK;
}
