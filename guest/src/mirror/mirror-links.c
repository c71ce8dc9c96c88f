/* Files with several names: the first is copied, the others are links to it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "mirror.h"

enum { BUCKETS = 4096 };

struct link {
    dev_t device;
    ino_t inode;
    struct link *next;
    char path[];
};

static struct link *table[BUCKETS];
static int root = -1;
/* Of the directory that is at work, with a slash at its end; too deep for a path where `overflow` is not 0. */
static char prefix[PATH_MAX];
static size_t length, overflow;

void links_begin(int to) {
    root = fcntl(to, F_DUPFD_CLOEXEC, 0);
}

int links_root(void) {
    return root;
}

void links_enter(const char *name) {
    size_t added = strlen(name) + 1;
    if (overflow || length + added >= sizeof prefix) {
        overflow++;
        return;
    }
    memcpy(prefix + length, name, added - 1);
    prefix[length + added - 1] = '/';
    length += added;
    prefix[length] = 0;
}

void links_leave(void) {
    if (overflow) {
        overflow--;
        return;
    }
    do length--;
    while (length > 0 && prefix[length - 1] != '/');
    prefix[length] = 0;
}

static struct link **bucket(const struct stat *info) {
    return &table[(info->st_ino ^ info->st_dev) % BUCKETS];
}

const char *links_find(const struct stat *info) {
    for (struct link *l = *bucket(info); l; l = l->next)
        if (l->inode == info->st_ino && l->device == info->st_dev) return l->path;
    return NULL;
}

/* What lies too deep for a path is copied each time. */
bool links_keep(const struct stat *info, const char *name) {
    if (overflow || length + strlen(name) >= PATH_MAX) return true;
    struct link *l = malloc(sizeof *l + length + strlen(name) + 1);
    if (!l) return mirror_failed("remembering", name);
    *l = (struct link){info->st_dev, info->st_ino, *bucket(info)};
    strcpy(stpcpy(l->path, prefix), name);
    *bucket(info) = l;
    return true;
}
