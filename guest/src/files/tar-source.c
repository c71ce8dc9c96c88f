#include "tar-source.h"
#include <string.h>
#include <unistd.h>
#include "tar-header.h"

bool tar_source_begin(struct tar_source *f, int fd, const struct stat *info, bool holes) {
    struct sparse_pieces pieces = f->pieces;
    pieces.count = 0;
    *f = (struct tar_source){.fd = fd, .size = (uint64_t)info->st_size, .pieces = pieces};
    f->looking = f->sparse = holes && sparse_worth(info);
    f->mapped = !f->sparse;
    return f->sparse || sparse_add(&f->pieces, 0, f->size);
}

void tar_source_close(struct tar_source *f) {
    if (f->fd >= 0) close(f->fd);
    f->fd = -1;
    sparse_free(&f->pieces);
}

int tar_source_look(struct tar_source *f) {
    int more = sparse_find(&f->pieces, f->fd, f->size, &f->looked);
    f->looking = more != 0;
    return more < 0 ? -1 : 0;
}

uint64_t tar_source_length(const struct tar_source *f) {
    return sparse_total(&f->pieces) + (f->sparse ? sparse_map_length(&f->pieces) : 0);
}

static size_t pad(uint8_t *out, uint64_t length) {
    size_t padding = (size_t)((TAR_BLOCK - length % TAR_BLOCK) % TAR_BLOCK);
    memset(out, 0, padding);
    return padding;
}

static size_t fill_map(struct tar_source *f, uint8_t *out, size_t room) {
    char line[SPARSE_LINE];
    size_t length = 0;
    while (f->line <= f->pieces.count && room - length >= SPARSE_LINE + TAR_BLOCK) {
        size_t one = sparse_map_line(&f->pieces, f->line++, line);
        memcpy(out + length, line, one);
        length += one;
    }
    f->map_length += length;
    f->mapped = f->line > f->pieces.count;
    return length + (f->mapped ? pad(out + length, f->map_length) : 0);
}

static void skip_done(struct tar_source *f) {
    while (f->at < f->pieces.count && f->done == f->pieces.list[f->at].length) {
        f->at++;
        f->done = 0;
    }
}

ssize_t tar_source_fill(struct tar_source *f, uint8_t *out, size_t room) {
    if (!f->mapped) return (ssize_t)fill_map(f, out, room);
    ssize_t length = 0;
    skip_done(f);
    if (f->at < f->pieces.count) {
        const struct sparse_piece *piece = &f->pieces.list[f->at];
        uint64_t left = piece->length - f->done;
        size_t wanted = left < room ? (size_t)left : room;
        length = pread(f->fd, out, wanted, (off_t)(piece->offset + f->done));
        if (length < 0) return -1;
        if (length == 0) memset(out, 0, wanted);
        if (length == 0) length = (ssize_t)wanted;
        f->done += (uint64_t)length;
        skip_done(f);
    }
    if (f->at < f->pieces.count || room - (size_t)length < TAR_BLOCK) return length;
    length += (ssize_t)pad(out + length, sparse_total(&f->pieces));
    close(f->fd);
    f->fd = -1;
    return length;
}
