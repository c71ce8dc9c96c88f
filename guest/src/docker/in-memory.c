#include "in-memory.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "walk.h"

enum { DEEPEST = 1 << 20 };

/* What cannot be removed stays, and is nothing that a rollback could fail for: it is the engine's own. */
static void remove_entry(struct walk *w) {
    int directory = walk_directory(w);
    if (unlinkat(directory, w->name, 0) == 0 || errno != EISDIR) return;
    if (unlinkat(directory, w->name, AT_REMOVEDIR) < 0) walk_enter(w);
}

static void empty_directory(const char *path) {
    struct walk walk;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || walk_start(&walk, fd, DEEPEST) < 0) return;
    for (enum walk_step step; (step = walk_next(&walk)) == WALK_ENTRY || step == WALK_LEFT;) {
        if (step == WALK_ENTRY) remove_entry(&walk);
        else unlinkat(walk_directory(&walk), walk.name, AT_REMOVEDIR);
    }
    walk_free(&walk);
}

void in_memory_remove_all(void) {
    empty_directory("/dev/shm");
    empty_directory("/dev/mqueue");
}
