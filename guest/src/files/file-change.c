/* RENAME and MKDIR. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "file-request.h"
#include "make-path.h"
#include "root-path.h"
#include "verbs.h"

struct renaming {
    char *from, *to;
    int from_directory, to_directory;
    char from_name[NAME_MAX + 1], to_name[NAME_MAX + 1];
};

/* A file in the way is replaced, anything else is not. */
static int rename_one(const struct renaming *r) {
    struct stat info;
    unsigned flags = RENAME_NOREPLACE;
    errno = EBUSY;
    if (is_kept(r->from_directory, r->from_name) || is_kept(r->to_directory, r->to_name)) return -1;
    if (fstatat(r->to_directory, r->to_name, &info, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        if (S_ISDIR(info.st_mode)) return -1;
        flags = 0;
    }
    return renameat2(r->from_directory, r->from_name, r->to_directory, r->to_name, flags);
}

static void rename_both(struct stream *s, struct renaming *r) {
    r->from_directory = root_open_parent(r->from, r->from_name, sizeof r->from_name);
    if (r->from_directory < 0) {
        file_failed(s, errno, r->from);
        return;
    }
    r->to_directory = root_open_parent(r->to, r->to_name, sizeof r->to_name);
    if (r->to_directory < 0) {
        file_failed(s, errno, r->to);
        return;
    }
    struct stat info;
    if (fstatat(r->from_directory, r->from_name, &info, AT_SYMLINK_NOFOLLOW) < 0) file_failed(s, errno, r->from);
    else if (rename_one(r) == 0) stream_end(s, NULL);
    else if (errno == EXDEV)
        stream_error(s, "UNSUPPORTED", "%s cannot be moved to %s: another file system, or a directory of the image; copy it",
                     r->from, r->to);
    else file_failed(s, errno, errno == EBUSY && is_kept(r->from_directory, r->from_name) ? r->from : r->to);
}

static void open_rename(struct stream *s, const struct fields *f) {
    struct renaming r = {.from_directory = -1, .to_directory = -1};
    r.from = request_path(s, f, TAG_PATH);
    r.to = r.from ? request_path(s, f, TAG_TARGET) : NULL;
    if (r.to) rename_both(s, &r);
    if (r.from_directory >= 0) close(r.from_directory);
    if (r.to_directory >= 0) close(r.to_directory);
    free(r.from);
    free(r.to);
}

static bool is_there(const char *path) {
    int fd = root_open(path, O_PATH, 0), error = errno;
    if (fd >= 0) close(fd);
    errno = fd >= 0 ? ENOTDIR : error;
    return fd >= 0;
}

static void open_mkdir(struct stream *s, const struct fields *f) {
    char *path = request_path(s, f, TAG_PATH);
    struct account owner;
    bool made;
    if (path && request_account(s, f, &owner)) {
        int fd = make_directories(AT_ROOT, path, &owner, request_mode(f, 0755), &made);
        if (fd < 0) {
            file_failed(s, errno == ENOTDIR && is_there(path) ? EEXIST : errno, path);
        } else {
            close(fd);
            struct writer w = {0};
            writer_number(&w, TAG_FLAGS, made);
            stream_end(s, &w);
        }
    }
    free(path);
}

const struct verb verb_rename = {.number = VERB_RENAME, .open = open_rename};
const struct verb verb_mkdir = {.number = VERB_MKDIR, .open = open_mkdir};
