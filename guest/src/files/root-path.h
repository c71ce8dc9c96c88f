/* Paths of the payload, resolved so that nothing in its files leads out (root_open and root_open_parent: guest.h). */
#ifndef SANDSTACK_ROOT_PATH_H
#define SANDSTACK_ROOT_PATH_H
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* openat2 that is asked again while renames elsewhere disturb it; O_CLOEXEC is added; -1 with errno. */
int open_resolved(int directory, const char *path, int flags, mode_t mode, uint64_t resolve);

/* Where paths begin: the payload's root, or a directory that nothing may leave (EXDEV then). */
enum { AT_ROOT = -1 };
int open_below(int base, const char *path, int flags);

/* Splits off the last part; *directory is the length of what is before it. False with errno for one that names nothing
 * that could be made: none, `.`, `..`, or one that is too long. */
bool path_split(const char *path, size_t *directory, char last[NAME_MAX + 1]);

/* kept-place.c: whether what has this name is the sandbox's own, and stays (EBUSY for whoever wants it away). */
bool is_kept(int directory, const char *name);

/* root-resolve.c: as the kernel would, part by part; for where it refuses to follow a link that the payload may follow. */
int root_resolve(const char *path, int flags, mode_t mode);
#endif
