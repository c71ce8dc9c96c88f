#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "mirror.h"

static int open_below(int parent, const char *name) {
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool is_directory(int parent, const char *name) {
    struct stat info;
    return fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

static bool is_dots(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Calls fn with each name of a directory, until one fails; the directory stays open. */
static bool each_name(int directory, bool (*fn)(int from, int to, const char *name), int from, int to) {
    int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = copy < 0 ? NULL : fdopendir(copy);
    if (!list) return mirror_failed("reading", "a directory");
    bool done = true;
    for (struct dirent *entry; done && (entry = readdir(list));)
        if (!is_dots(entry->d_name)) done = fn(from, to, entry->d_name);
    closedir(list);
    return done;
}

static bool remove_name(int unused, int directory, const char *name) {
    if (!is_directory(directory, name)) return unlinkat(directory, name, 0) == 0 || mirror_failed("removing", name);
    int inner = open_below(directory, name);
    bool done = inner >= 0 && each_name(inner, remove_name, unused, inner);
    if (inner >= 0) close(inner);
    return done && (unlinkat(directory, name, AT_REMOVEDIR) == 0 || mirror_failed("removing", name));
}

/* A directory that both sides have may be a mount on the other one: it stays, and is made equal. */
static bool clear_name(int from, int to, const char *name) {
    return (is_directory(from, name) && is_directory(to, name)) || remove_name(from, to, name);
}

static bool make_name(int from, int to, const char *name) {
    struct place p = {from, to, name, {0}};
    if (fstatat(from, name, &p.info, AT_SYMLINK_NOFOLLOW) < 0) return mirror_failed("looking at", name);
    if (!S_ISDIR(p.info.st_mode)) return mirror_entry(&p);
    if (mkdirat(to, name, 0700) < 0 && errno != EEXIST) return mirror_failed("making", name);
    int inner = open_below(from, name), outer = inner < 0 ? -1 : open_below(to, name);
    if (outer < 0) return mirror_failed("opening", name);
    links_enter(name);
    bool done = mirror_directory(inner, outer, name);
    links_leave();
    return done;
}

bool mirror_contents(int from, int to) {
    return each_name(to, clear_name, from, to) && each_name(from, make_name, from, to);
}

bool mirror_directory(int from, int to, const char *name) {
    struct stat info;
    bool done = mirror_contents(from, to);
    if (done && fstat(from, &info) < 0) done = mirror_failed("looking at", name);
    done = done && mirror_facts(from, to, &info, name);
    close(from);
    close(to);
    return done;
}
