/* A snapshot puts another root with the same files under a watch. What the kernel watches are the old root's directories,
 * so each is taken anew. A watch of which nothing is under way knows all of them, and where each is. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "guest.h"
#include "watch.h"

static int open_again(void *context, const char *path) {
    return watching_open(context, path);
}

bool watching_at_rest(struct stream *s) {
    struct watching *w = s->state;
    int unread = 0;
    if (!w->replied || w->walking || w->first) return false;
    if (ioctl(w->table.fd, FIONREAD, &unread) < 0 || unread > 0) return false;
    /* Its directory may have been moved, and be watched by a path that no longer leads to it. */
    int top = w->table.count > 0 ? watching_open(w, "") : -1;
    if (top >= 0) close(top);
    return top >= 0 || w->table.count == 0;
}

void watching_move(struct stream *s) {
    struct watching *w = s->state;
    struct stat info;
    if (w->table.count == 0) return;
    int top = root_open(w->path, O_PATH | O_DIRECTORY, 0);
    bool there = top >= 0 && fstat(top, &info) == 0;
    int error = errno;
    if (top >= 0) close(top);
    if (there) {
        w->device = info.st_dev;
        w->inode = info.st_ino;
        if (watch_table_renew(&w->table, open_again, w)) return;
        error = errno;
    }
    watching_fail(w, error);
}
