/* Archives: ustar, pax and GNU headers. Pure functions over bytes: the fuzz driver runs them. */
#ifndef SANDSTACK_TAR_HEADER_H
#define SANDSTACK_TAR_HEADER_H
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum { TAR_BLOCK = 512, TAR_NAME = 256, TAR_LINK = 100 };

enum {
    TAR_FILE = '0',
    TAR_HARD_LINK = '1',
    TAR_SYMLINK = '2',
    TAR_CHARACTER = '3',
    TAR_BLOCK_DEVICE = '4',
    TAR_DIRECTORY = '5',
    TAR_FIFO = '6',
    TAR_PAX = 'x',
    TAR_PAX_GLOBAL = 'g',
    TAR_GNU_LINK = 'K',
    TAR_GNU_NAME = 'L',
    TAR_GNU_SPARSE = 'S',
};

struct tar_header {
    char type; /* TAR_FILE for its older forms too; what is none of the above is not looked at further */
    uint32_t mode;
    uint64_t size;
    struct timespec modified;
    char name[TAR_NAME + 1], link[TAR_LINK + 1];
};

enum tar_block {
    TAR_ZERO, /* one of the two at the end */
    TAR_HEADER,
    TAR_BROKEN,
};
/* *wrong says what is broken. */
enum tar_block tar_decode(const uint8_t block[TAR_BLOCK], struct tar_header *out, const char **wrong);

/* What the records of a pax header, or GNU's long names, say of the entry after them. */
struct tar_extra {
    bool has_size, has_modified;
    uint64_t size;
    /* A file with holes, in GNU's format 1.0: its data begins with a map (sparse-body.h). */
    bool sparse_major, sparse_minor, has_real_size, sparse_named;
    uint64_t real_size;
    struct timespec modified;
    char path[PATH_MAX], link[PATH_MAX]; /* empty: not said */
};
/* Adds what the records say; NULL, or what is wrong. */
const char *tar_pax_decode(const uint8_t *data, size_t length, struct tar_extra *out);
/* Whether a record of a sparse file was there. */
bool tar_is_sparse(const struct tar_extra *e);

/* An entry to write. */
struct tar_entry {
    char type;
    const char *path, *link; /* link may be NULL */
    uint32_t mode, uid, gid;
    uint64_t size; /* of the data that follows */
    struct timespec modified;
    bool sparse; /* the data begins with a map; the file itself has real_size */
    uint64_t real_size;
};
enum { TAR_HEADERS_ROOM = 3 * PATH_MAX };
/* Its headers, whole blocks; gives their length, 0 if a path is too long. */
size_t tar_encode(uint8_t out[TAR_HEADERS_ROOM], const struct tar_entry *e);
#endif
