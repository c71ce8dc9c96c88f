#include "tar-name.h"
#include <stdbool.h>
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
