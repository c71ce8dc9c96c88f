#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mirror.h"
#include "roles.h"

uid_t mirror_owner_before, mirror_owner_after;

bool mirror_failed(const char *doing, const char *name) {
    fprintf(stderr, "%s %s: %s\n", doing, name, strerror(errno));
    return false;
}

static int open_directory(const char *variable) {
    const char *path = getenv(variable);
    int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0) mirror_failed(variable, path ? path : "is not set");
    return fd;
}

/* SANDSTACK_OWNERS is BEFORE:AFTER. */
static bool read_owners(void) {
    const char *text = getenv("SANDSTACK_OWNERS");
    if (!text) return true;
    char *end;
    mirror_owner_before = (uid_t)strtoul(text, &end, 10);
    if (end == text || *end != ':') return false;
    text = end + 1;
    mirror_owner_after = (uid_t)strtoul(text, &end, 10);
    return end != text && *end == 0;
}

int mirror_main(void) {
    if (!read_owners()) {
        fprintf(stderr, "SANDSTACK_OWNERS is not BEFORE:AFTER\n");
        return 2;
    }
    int from = open_directory("SANDSTACK_FROM"), to = open_directory("SANDSTACK_TO");
    if (from < 0 || to < 0) return 2;
    links_begin(to);
    /* What the two are themselves is their maker's: of several volumes they are only the place. */
    return mirror_contents(from, to) ? 0 : 1;
}
