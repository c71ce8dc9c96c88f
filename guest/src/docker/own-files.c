#include "own-files.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>
#include "guest.h"
#include "walk.h"

enum { DEEPEST = 1 << 20 };

/* The current entry, and into it if it is a directory. */
static int give(struct walk *w) {
    struct stat info;
    int directory = walk_directory(w);
    if (fstatat(directory, w->name, &info, AT_SYMLINK_NOFOLLOW) < 0) return -1;
    bool own = info.st_uid == guest.only_uid && info.st_gid == guest.only_uid;
    if (!own && fchownat(directory, w->name, guest.only_uid, guest.only_uid, AT_SYMLINK_NOFOLLOW) < 0) return -1;
    return S_ISDIR(info.st_mode) ? walk_enter(w) : 0;
}

static int give_all(int home) {
    struct walk walk;
    int result = fchown(home, guest.only_uid, guest.only_uid);
    if (walk_start(&walk, home, DEEPEST) < 0) result = -1;
    for (enum walk_step step; result == 0 && (step = walk_next(&walk)) != WALK_DONE;)
        result = step == WALK_FAILED ? -1 : step == WALK_ENTRY ? give(&walk) : 0;
    walk_free(&walk);
    return result;
}

/* An image that has no such directory gets one that is root's. What is no volume is of the image, and stays. */
static int open_to_all(const char *path) {
    if (chmod(path, 01777) == 0 || errno == EROFS || errno == ENOENT) return 0;
    return -1;
}

int own_files(void) {
    int home = open(guest.home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (home < 0 && errno != ENOENT) return -1;
    if (home >= 0 && give_all(home) < 0 && errno != EROFS) return -1;
    return open_to_all("/tmp") < 0 || open_to_all("/var/tmp") < 0 ? -1 : 0;
}
