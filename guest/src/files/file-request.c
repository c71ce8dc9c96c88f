#include "file-request.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "privileges.h"

enum { SHOWN = 200 }; /* bytes of a bad path that its error repeats */

char *request_path(struct stream *s, const struct fields *f, uint16_t tag) {
    const uint8_t *value;
    size_t length;
    const char *name = tag == TAG_TARGET ? "TARGET" : "PATH";
    if (!fields_bytes(f, tag, &value, &length)) {
        stream_error(s, "BAD_REQUEST", "%s is missing", name);
        return NULL;
    }
    int shown = length < SHOWN ? (int)length : SHOWN;
    const char *wrong = memchr(value, 0, length)         ? "has a NUL in it"
                        : length >= PATH_MAX             ? "is too long"
                        : length == 0 || value[0] != '/' ? "is not absolute"
                                                         : NULL;
    if (wrong) {
        stream_error(s, "BAD_PATH", "%s %.*s: %s", name, shown, value, wrong);
        return NULL;
    }
    char *path = strndup((const char *)value, length);
    if (!path) stream_errno(s, ENOMEM, name);
    return path;
}

bool request_account(struct stream *s, const struct fields *f, struct account *out) {
    char *name = fields_has(f, TAG_USER) ? fields_text(f, TAG_USER) : strdup(guest.user);
    const char *code = name ? account_find(name, out) : NULL;
    if (name && !code) code = privileges_admit(out);
    if (!name) stream_error(s, code = "BAD_REQUEST", "USER has a NUL in it");
    else if (code) stream_error(s, code, "user %s: %s", name, account_reason(code));
    free(name);
    return !code;
}

mode_t request_mode(const struct fields *f, mode_t fallback) {
    /* Where root is refused, nothing may be made that would run with another's rights. */
    mode_t allowed = guest.root_allowed ? 07777 : 01777;
    return (mode_t)fields_number(f, TAG_MODE, fallback) & allowed;
}

void file_failed(struct stream *s, int error, const char *path) {
    if (error == EBUSY) stream_error(s, "PERMISSION_DENIED", "%s: it is the sandbox's own, and stays as it is", path);
    else if (error == EINVAL) stream_error(s, "BAD_PATH", "%s: %s", path, strerror(error));
    else stream_errno(s, error, path);
}

bool file_is_plain(struct stream *s, const struct stat *info, const char *path) {
    if (S_ISREG(info->st_mode)) return true;
    if (S_ISDIR(info->st_mode)) stream_errno(s, EISDIR, path);
    else
        stream_error(s, "UNSUPPORTED", "%s: a %s, not a file", path,
                     S_ISFIFO(info->st_mode)   ? "named pipe"
                     : S_ISSOCK(info->st_mode) ? "socket"
                     : S_ISLNK(info->st_mode)  ? "link"
                                               : "device");
    return false;
}

int file_open_plain(struct stream *s, const char *path, bool or_directory, struct stat *info) {
    /* Looked at first: to open a pipe or a device is to do something to it. */
    static const int flags[] = {O_PATH, O_RDONLY | O_NONBLOCK | O_NOCTTY};
    int fd = -1;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (fd >= 0) close(fd);
        fd = root_open(path, flags[i], 0);
        if (fd < 0 || fstat(fd, info) < 0) {
            file_failed(s, errno, path);
            break;
        }
        if (!(or_directory && S_ISDIR(info->st_mode)) && !file_is_plain(s, info, path)) break;
        if (i > 0) return fd;
    }
    if (fd >= 0) close(fd);
    return -1;
}
