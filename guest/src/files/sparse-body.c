#include "sparse-body.h"
#include <errno.h>
#include <unistd.h>
#include "new-file.h"

static bool write_piece(struct sparse_body *b, int fd, const uint8_t *bytes, size_t length) {
    const struct sparse_piece *piece = &b->pieces.list[b->at];
    if (b->done == 0 && lseek(fd, (off_t)piece->offset, SEEK_SET) < 0) return false;
    if (!write_all(fd, bytes, length)) return false;
    b->done += length;
    b->written += length;
    return true;
}

static void skip_done(struct sparse_body *b) {
    while (b->at < b->pieces.count && b->done == b->pieces.list[b->at].length) {
        b->at++;
        b->done = 0;
    }
}

bool sparse_take(struct sparse_body *b, int fd, const uint8_t *bytes, size_t length, const char **wrong) {
    size_t at = b->mapped ? 0 : sparse_take_map(b, bytes, length, wrong);
    if (at > 0 && *wrong) return false;
    *wrong = NULL;
    while (at < length) {
        skip_done(b);
        if (b->at == b->pieces.count) {
            *wrong = "a sparse file has more data than its map";
            return false;
        }
        uint64_t left = b->pieces.list[b->at].length - b->done;
        size_t piece = left < length - at ? (size_t)left : length - at;
        if (!write_piece(b, fd, bytes + at, piece)) return false;
        at += piece;
    }
    return true;
}

bool sparse_finish(struct sparse_body *b, int fd, const char **wrong) {
    skip_done(b);
    *wrong = b->mapped && b->at == b->pieces.count ? NULL : "a sparse file has less data than its map";
    return !*wrong && ftruncate(fd, (off_t)b->size) == 0;
}
