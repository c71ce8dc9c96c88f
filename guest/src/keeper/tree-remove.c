/* Removes a tree of any depth in a time that grows with the number of its files alone: what lies deep is moved up first. The system's
 * rm takes the square of the depth, and a payload that nests 20,000 directories kept its end waiting for a minute. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tree.h"

enum { DEEPEST = 32 };

/* Under way: the tree's own directory, where deep ones are moved to. */
struct removal {
    int top;
    dev_t device;
    unsigned long moved;
};

static int remove_content(struct removal *r, int directory, unsigned depth);

/* No payload runs any more, so that a name taken is one of its files, and is tried no second time. */
static int move_up(struct removal *r, int directory, const char *name) {
    char fresh[48];
    for (;;) {
        snprintf(fresh, sizeof fresh, ".moved-up-%lu", r->moved++);
        if (renameat(directory, name, r->top, fresh) == 0) return 0;
        if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) return -1;
    }
}

static int remove_directory(struct removal *r, int directory, const char *name, unsigned depth) {
    if (unlinkat(directory, name, AT_REMOVEDIR) == 0) return 0;
    if (errno != ENOTEMPTY && errno != EEXIST) return -1;
    if (depth >= DEEPEST) return move_up(r, directory, name);
    int child = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (child < 0) return -1;
    return remove_content(r, child, depth + 1) < 0 ? -1 : unlinkat(directory, name, AT_REMOVEDIR);
}

static int remove_entry(struct removal *r, int directory, const struct dirent *entry, unsigned depth) {
    if (entry->d_type != DT_DIR && unlinkat(directory, entry->d_name, 0) == 0) return 0;
    if (entry->d_type != DT_DIR && errno != EISDIR) return -1;
    return remove_directory(r, directory, entry->d_name, depth);
}

static bool is_dots(const char *name) {
    return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

/* Closes the directory. What was moved up meanwhile may not be listed any more: the top is looked through again. */
static int remove_content(struct removal *r, int directory, unsigned depth) {
    struct stat info;
    DIR *listing = fdopendir(directory);
    int result = listing && fstat(directory, &info) == 0 && info.st_dev == r->device ? 0 : -1;
    for (unsigned long moved = r->moved + 1; result == 0 && moved != r->moved; rewinddir(listing)) {
        moved = r->moved;
        for (const struct dirent *entry; result == 0 && (entry = readdir(listing));)
            if (!is_dots(entry->d_name)) result = remove_entry(r, directory, entry, depth);
        if (depth > 0) break;
    }
    if (listing) closedir(listing);
    else close(directory);
    return result;
}

bool tree_remove_here(const char *path) {
    if (unlink(path) == 0 || errno == ENOENT) return true;
    struct stat info;
    struct removal r = {.top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    int listing = r.top < 0 || fstat(r.top, &info) < 0 ? -1 : fcntl(r.top, F_DUPFD_CLOEXEC, 0);
    r.device = info.st_dev;
    bool removed = listing >= 0 && remove_content(&r, listing, 0) == 0 && rmdir(path) == 0;
    if (r.top >= 0) close(r.top);
    return removed;
}
