/* The file system of a sandbox whose disk is limited: `<layers>/<id>.disk/image`, cloned from an empty template, mounted
 * in the keeper's namespace by a loop device that goes with the mount. All of the sandbox's layers are in it. */
#ifndef SANDSTACK_DISK_H
#define SANDSTACK_DISK_H
#include <stdbool.h>

/* False with a fault. */
bool disk_start(void);
/* Unmounts it without writing back what is thrown away anyway, and waits until the loop device is free. */
void disk_stop(void);
/* Where the sandbox's layers go: in it, or the shelf of layers. */
const char *disk_layers(void);
/* Whether a lower directory is in it, and so unknown outside. */
bool disk_holds(const char *path);
/* disk-reserve.c: room that a rollback finds also on a full disk. */
void disk_reserve_keep(void);
void disk_reserve_use(void);
#endif
