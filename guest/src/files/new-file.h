/* A file that appears whole or not at all: written beside its place under a name that nobody can guess, then renamed. */
#ifndef SANDSTACK_NEW_FILE_H
#define SANDSTACK_NEW_FILE_H
#include <limits.h>
#include <time.h>
#include "guest.h"

struct new_file {
    int directory; /* its own; -1: there is no file */
    int fd;
    char name[NAME_MAX + 1], temporary[40];
};

/* Takes `directory` over, also when it fails; -1 with errno. */
int new_file_begin(struct new_file *n, int directory, const char *name);
/* Puts it into its place, or leaves nothing; -1 with errno. `modified` may be NULL. Either way it is over. */
int new_file_commit(struct new_file *n, const struct account *owner, mode_t mode, const struct timespec *modified);
/* Leaves nothing. Harmless when it is over. */
void new_file_drop(struct new_file *n);
/* Whether a name is one that only files in the making have. */
bool new_file_is_temporary(const char *name);
/* Writes all of it; false with errno. */
bool write_all(int fd, const uint8_t *data, size_t length);
#endif
