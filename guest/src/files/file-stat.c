/* STAT: what is at a path. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>
#include "entry.h"
#include "file-request.h"
#include "verbs.h"

static void open_stat(struct stream *s, const struct fields *f) {
    char *path = request_path(s, f, TAG_PATH);
    if (!path) return;
    char target[PATH_MAX];
    struct stat info;
    struct entry_names names = {0};
    bool follows = !(fields_number(f, TAG_FLAGS, 0) & STAT_FLAG_NO_FOLLOW);
    int fd = root_open(path, O_PATH | (follows ? 0 : O_NOFOLLOW), 0);
    if (fd < 0 || fstat(fd, &info) < 0) {
        file_failed(s, errno, path);
    } else {
        ssize_t length = S_ISLNK(info.st_mode) ? readlinkat(fd, "", target, sizeof target - 1) : -1;
        if (length >= 0) target[length] = 0;
        struct writer w = {0};
        entry_write(&w, path, &info, length >= 0 ? target : NULL, &names);
        stream_end(s, &w);
    }
    if (fd >= 0) close(fd);
    free(path);
}

const struct verb verb_stat = {.number = VERB_STAT, .open = open_stat};
