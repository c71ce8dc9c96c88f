/* Paths of the host, and small files at them. */
#ifndef SANDSTACK_PATH_H
#define SANDSTACK_PATH_H
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* A path in a buffer of its own: `struct path p = path_of("%s/%s", directory, name)`. */
struct path {
    char text[PATH_MAX];
};
struct path path_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes what is there already, such as a file of a cgroup; -1 with errno. */
int file_tell(const char *path, const char *text);
/* The file appears with its content, or not at all; false with a fault. */
bool file_put(const char *path, const char *text);
/* The start of a file as text, "" where there is none. */
void file_get(const char *path, char *out, size_t room);
#endif
