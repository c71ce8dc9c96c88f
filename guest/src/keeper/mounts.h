/* The kernel's newer mount calls, by number: C libraries have them only since 2022. Mounts are handled by descriptor, so
 * that nothing in a payload's tree can lead one astray. */
#ifndef SANDSTACK_MOUNTS_H
#define SANDSTACK_MOUNTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOUNT_READ_ONLY = 1, MOUNT_NO_SUID = 2, MOUNT_NO_DEVICES = 4, MOUNT_NO_EXEC = 8 }; /* MOUNT_ATTR_… */

/* A new file system, not yet anywhere; options are key, value (or NULL for a flag), …, NULL. -1 with a fault. */
int mount_new(const char *type, unsigned attributes, const char *const *options);
/* A copy of what is mounted at or is below a path, not yet anywhere, with its ids mapped unless map_fd is -1. -1 with a fault. */
int mount_clone(int directory, const char *path, unsigned attributes, int map_fd);
/* A copy with everything mounted below. */
int mount_clone_all(int directory, const char *path);
/* Puts a mount on a directory or file and closes both; false with a fault. */
bool mount_put(int mount_fd, int target_fd);
bool mount_put_at(int mount_fd, int directory, const char *path);
bool mount_change(int mount_fd, unsigned attributes);
#endif
