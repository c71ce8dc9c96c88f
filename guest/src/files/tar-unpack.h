/* Entries of an archive, made below a directory that nothing may leave. */
#ifndef SANDSTACK_TAR_UNPACK_H
#define SANDSTACK_TAR_UNPACK_H
#include "new-file.h"
#include "tar-header.h"

struct unpack {
    int top;
    bool top_made;      /* the top is new, and takes what the archive says of it; a full descriptor then */
    const char *path;   /* of the top */
    struct account owner; /* of all that is made */
    struct new_file file; /* the one whose bytes come */
};

/* Makes an entry with a clean name; of a file, its beginning. 0, or -1 with errno and *wrong, NULL where the archive is
 * not to blame. */
int unpack_entry(struct unpack *u, const struct tar_header *h, const char *name, const char *link, const char **wrong);
/* The file has all its bytes. -1 with errno. */
int unpack_finish_file(struct unpack *u, const struct tar_header *h);
#endif
