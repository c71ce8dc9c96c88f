/* A file's description, as fields. */
#ifndef SANDSTACK_ENTRY_H
#define SANDSTACK_ENTRY_H
#include <sys/stat.h>
#include "fields.h"

/* The names of the ids looked up last: the files of a listing mostly have the same. Zeroed before first use. */
struct entry_names {
    bool user_known, group_known; /* of uid and gid; an empty name: it has none */
    uid_t uid;
    gid_t gid;
    char user[64], group[64];
};

/* KIND, SIZE, MODE, MTIME. */
void entry_write_stat(struct writer *w, const struct stat *info);
/* All of an entry; `target` may be NULL. */
void entry_write(struct writer *w, const char *path, const struct stat *info, const char *target, struct entry_names *names);
/* An id as the sandbox numbers it; the kernel's "nobody" for one that is not the sandbox's. */
uint32_t entry_id(uint32_t id);
#endif
