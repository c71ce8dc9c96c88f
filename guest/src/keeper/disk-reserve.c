/* What a payload that has filled its disk cannot take: files to throw away when a rollback needs a few inodes and blocks
 * to bring the old state back. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "disk.h"
#include "path.h"
#include "spec.h"

enum { FILES = 32, BYTES_EACH = 16384 };

static struct path file_path(int i) {
    return path_of("%s/reserve/%d", disk_layers(), i);
}

void disk_reserve_keep(void) {
    if (!spec.disk) return;
    mkdir(path_of("%s/reserve", disk_layers()).text, 0700);
    for (int i = 0; i < FILES; i++) {
        int fd = open(file_path(i).text, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        /* A full disk has none: the next rollback tries again. */
        if (fd < 0 || posix_fallocate(fd, 0, BYTES_EACH) != 0) i = FILES;
        if (fd >= 0) close(fd);
    }
}

void disk_reserve_use(void) {
    for (int i = 0; spec.disk && i < FILES; i++) unlink(file_path(i).text);
}
