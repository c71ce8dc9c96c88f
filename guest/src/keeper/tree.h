/* Whole directory trees, by the system's own cp and rm: they go down step by step however deep a payload has nested,
 * and keep owners, times, hard links, holes and extended attributes. */
#ifndef SANDSTACK_TREE_H
#define SANDSTACK_TREE_H
#include <stdbool.h>
#include <sys/types.h>

/* Copies a directory to a new one, sharing blocks where the file system can. Waits; false with a fault. */
bool tree_copy(const char *from, const char *to);
/* Starts to remove some; the process's pid, which the caller waits for or leaves to whoever reaps. -1 with a fault. */
pid_t tree_remove_start(char *const *paths);
/* The same, and waits. */
bool tree_remove(char *const *paths);
#endif
