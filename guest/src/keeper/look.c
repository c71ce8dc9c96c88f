/* The role `look`: tries whether files of a directory, whose path comes on stdin, can be shown with other user ids, as each
 * layer of a sandbox is. Not every file system can, and only a try tells. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>
#include "fault.h"
#include "mounts.h"
#include "roles.h"
#include "scratch.h"

int look_main(void) {
    char path[PATH_MAX];
    ssize_t length = read(STDIN_FILENO, path, sizeof path - 1);
    if (length <= 0) return 2;
    path[length] = '\0';
    /* Attached to nothing, the mount goes with this process. */
    if (scratch_map() && mount_clone(AT_FDCWD, path, 0, scratch_map_fd) >= 0) return 0;
    fprintf(stderr, "%s\n", fault.message);
    return 1;
}
