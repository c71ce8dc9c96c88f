#include "tar-name.h"
#include <stddef.h>
#include <string.h>

static bool part_is(const char *part, size_t length, const char *text) {
    return length == strlen(text) && memcmp(part, text, length) == 0;
}

const char *tar_name_clean(char *name) {
    if (*name == 0) return "its name is empty";
    if (*name == '/') return "its name is absolute";
    char *out = name;
    for (const char *part = name; *part;) {
        size_t length = strcspn(part, "/");
        bool more = part[length] != 0;
        if (part_is(part, length, "..")) return "its name leads out";
        if (length > 0 && !part_is(part, length, ".")) {
            if (out != name) *out++ = '/';
            memmove(out, part, length);
            out += length;
        }
        part += length + more;
    }
    *out = 0;
    return NULL;
}

/* How many levels below where it begins a path ends; *lowest is the lowest level on the way. */
static long levels(const char *path, long level, long *lowest) {
    while (*path) {
        size_t length = strcspn(path, "/");
        if (part_is(path, length, "..")) level--;
        else if (length > 0 && !part_is(path, length, ".")) level++;
        if (level < *lowest) *lowest = level;
        path += length + (path[length] != 0);
    }
    return level;
}

bool tar_link_leads_out(const char *top, const char *name, const char *target) {
    long lowest = 0;
    if (*target == '/') return false;
    long level = levels(name, levels(top, 0, &lowest), &lowest) - 1;
    lowest = 0;
    levels(target, level, &lowest);
    return lowest < 0;
}
