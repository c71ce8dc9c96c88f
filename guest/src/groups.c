#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "launch.h"

enum { MAX_FILE = 1048576 };

/* The payload owns this file: only a plain one of sane size is read. */
static char *read_groups(void) {
    int fd = root_open("/etc/group", O_RDONLY | O_NONBLOCK, 0);
    struct stat info;
    char *text = NULL;
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size < MAX_FILE)
        text = malloc((size_t)info.st_size + 1);
    if (text) {
        ssize_t length = pread(fd, text, (size_t)info.st_size, 0);
        text[length > 0 ? length : 0] = 0;
    }
    if (fd >= 0) close(fd);
    return text;
}

static bool lists(char *members, const char *name) {
    char *rest = NULL;
    for (char *m = strtok_r(members, ",", &rest); m; m = strtok_r(NULL, ",", &rest))
        if (strcmp(m, name) == 0) return true;
    return false;
}

void groups_load(struct launch *l) {
    char *text = read_groups(), *line_rest = NULL;
    for (char *line = text ? strtok_r(text, "\n", &line_rest) : NULL; line && l->group_count < MAX_GROUPS;
         line = strtok_r(NULL, "\n", &line_rest)) {
        strsep(&line, ":");
        strsep(&line, ":");
        char *number = strsep(&line, ":");
        if (!number || !line || !lists(line, l->account.name)) continue;
        char *end;
        unsigned long gid = strtoul(number, &end, 10);
        bool ours = *number && !*end && gid >= guest.uid_base && gid - guest.uid_base < GUEST_UID;
        if (ours && gid != l->account.gid) l->groups[l->group_count++] = (gid_t)gid;
    }
    free(text);
}
