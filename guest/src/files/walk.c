#include "walk.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    READ_ROOM = 4096, /* of a level's names */
    OPEN_LEVELS = 32, /* those above are closed, and opened again by `..` on the way back */
};

struct walk_level {
    int fd; /* -1: closed for now */
    dev_t device;
    ino_t inode;
    uint8_t *names;
    size_t at, length;
    off_t position; /* behind the entry given last */
    size_t path_length; /* of the directory's own path, with its slash */
};

static struct walk_level *top(const struct walk *w) {
    return &w->levels[w->level_count - 1];
}

int walk_directory(const struct walk *w) {
    return top(w)->fd;
}

static void close_level(struct walk_level *l) {
    if (l->fd >= 0) close(l->fd);
    free(l->names);
    l->fd = -1;
    l->names = NULL;
    l->at = l->length = 0;
}

static bool grow(void **array, size_t *room, size_t needed, size_t size) {
    if (needed <= *room) return true;
    size_t more = *room ? *room * 2 : 16;
    while (more < needed) more *= 2;
    void *grown = realloc(*array, more * size);
    if (!grown) return false;
    *array = grown;
    *room = more;
    return true;
}

/* Takes fd over. */
static int push(struct walk *w, int fd, size_t path_length) {
    struct stat info;
    uint8_t *names = malloc(READ_ROOM);
    if (!names || fstat(fd, &info) < 0 ||
        !grow((void **)&w->levels, &w->level_room, w->level_count + 1, sizeof *w->levels)) {
        int error = errno;
        free(names);
        close(fd);
        errno = error;
        return -1;
    }
    w->levels[w->level_count++] = (struct walk_level){
        .fd = fd, .device = info.st_dev, .inode = info.st_ino, .names = names, .path_length = path_length};
    if (w->level_count > OPEN_LEVELS) close_level(&w->levels[w->level_count - 1 - OPEN_LEVELS]);
    return 0;
}

int walk_start(struct walk *w, int fd, size_t path_limit) {
    *w = (struct walk){.path_limit = path_limit};
    if (grow((void **)&w->path, &w->path_room, 256, 1)) {
        w->path[0] = 0;
        return push(w, fd, 0);
    }
    close(fd);
    return -1;
}

/* Names the current entry. */
static bool set_name(struct walk *w, const char *name) {
    size_t directory = top(w)->path_length, length = strlen(name);
    if (directory + length > w->path_limit) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (!grow((void **)&w->path, &w->path_room, directory + length + 2, 1)) return false;
    memcpy(w->path + directory, name, length + 1);
    w->name = w->path + directory;
    w->depth = w->level_count;
    return true;
}

/* Opens a level again from the one below it; false with errno if it is another directory now. */
static bool reopen(struct walk_level *l, int below) {
    struct stat info;
    l->fd = openat(below, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (l->fd < 0 || fstat(l->fd, &info) < 0) return false;
    errno = ESTALE;
    if (info.st_dev != l->device || info.st_ino != l->inode) return false;
    l->names = malloc(READ_ROOM);
    return l->names && lseek(l->fd, l->position, SEEK_SET) >= 0;
}

/* Out of a directory that is through. */
static enum walk_step leave(struct walk *w) {
    if (w->level_count == 1) return WALK_DONE;
    struct walk_level *done = top(w), *back = done - 1;
    if (back->fd < 0 && !reopen(back, done->fd)) return WALK_FAILED;
    w->path[done->path_length - 1] = 0;
    close_level(done);
    w->level_count--;
    w->name = w->path + back->path_length;
    w->depth = w->level_count;
    w->type = DT_DIR;
    return WALK_LEFT;
}

enum walk_step walk_next(struct walk *w) {
    struct walk_level *l = top(w);
    for (;;) {
        if (l->at == l->length) {
            ssize_t length = getdents64(l->fd, l->names, READ_ROOM);
            if (length < 0 && errno != ENOENT) return WALK_FAILED;
            if (length <= 0) return leave(w);
            l->at = 0;
            l->length = (size_t)length;
        }
        const struct dirent64 *entry = (const void *)(l->names + l->at);
        l->at += entry->d_reclen;
        l->position = entry->d_off;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        w->type = entry->d_type;
        return set_name(w, entry->d_name) ? WALK_ENTRY : WALK_FAILED;
    }
}

int walk_enter(struct walk *w) {
    size_t length = top(w)->path_length + strlen(w->name);
    int fd = openat(walk_directory(w), w->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || push(w, fd, length + 1) < 0) return -1;
    w->path[length] = '/';
    w->path[length + 1] = 0;
    w->name = w->path + length + 1;
    return 0;
}

void walk_free(struct walk *w) {
    for (size_t i = 0; i < w->level_count; i++) close_level(&w->levels[i]);
    free(w->levels);
    free(w->path);
    *w = (struct walk){0};
}
