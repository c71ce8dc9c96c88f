/* The file whose bytes go into an archive: all of them, or, of one with holes, a map and the pieces that are data. */
#ifndef SANDSTACK_TAR_SOURCE_H
#define SANDSTACK_TAR_SOURCE_H
#include <sys/types.h>
#include "sparse-pieces.h"

struct tar_source {
    int fd;       /* -1: there is none */
    bool looking; /* for its holes: no header before that is done */
    bool sparse, mapped;
    uint64_t size, looked; /* of the file; how far it was looked through */
    struct sparse_pieces pieces;
    size_t line, map_length;
    size_t at;      /* the piece that comes */
    uint64_t done;  /* of it */
};

/* Takes fd over, a regular file. With `holes` it is looked for them, if that is worth it. False with errno. */
bool tar_source_begin(struct tar_source *f, int fd, const struct stat *info, bool holes);
/* Looks a little further; -1 with errno: E2BIG for more pieces than a map has room for. */
int tar_source_look(struct tar_source *f);
/* The bytes of its data in the archive. */
uint64_t tar_source_length(const struct tar_source *f);
/* The next bytes, with the padding after the last, for which there must be room of a block; -1 with errno. What has become
 * shorter is filled up with zeros, as tar does. The file is closed with its last byte. */
ssize_t tar_source_fill(struct tar_source *f, uint8_t *out, size_t room);
void tar_source_close(struct tar_source *f);
#endif
