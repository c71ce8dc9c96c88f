#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "reaper.h"

enum { ID = 16, TEXT = 32 }; /* sbx- and twelve characters */

static bool is_id(const char *name) {
    return strlen(name) == ID && strncmp(name, "sbx-", 4) == 0 && strspn(name + 4, "abcdefghijklmnopqrstuvwxyz0123456789") == ID - 4;
}

/* 0 where it is not whole yet: its maker writes a line, of which the end may still be on its way. */
static uint64_t read_deadline(int folder, const char *name) {
    char text[TEXT];
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    if (length < 2 || text[length - 1] != '\n') return 0;
    text[length] = 0;
    return strtoull(text, NULL, 10);
}

int leases_each(const char *folder, bool (*fn)(const char *id, uint64_t deadline)) {
    DIR *list = opendir(folder);
    if (!list) return -1;
    int left = 0;
    for (struct dirent *entry; (entry = readdir(list));) {
        if (!is_id(entry->d_name)) continue;
        uint64_t deadline = read_deadline(dirfd(list), entry->d_name);
        if (deadline > 0 && fn(entry->d_name, deadline)) unlinkat(dirfd(list), entry->d_name, 0);
        else left++;
    }
    closedir(list);
    return left;
}
