/* READ: a file's bytes, as far as the client's credit goes. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "entry.h"
#include "file-request.h"
#include "verbs.h"

struct reading {
    int fd;
    uint64_t left; /* of SIZE */
    char *path;
};

static void free_reading(struct reading *r) {
    close(r->fd);
    free(r->path);
    free(r);
}

static void credit(struct stream *s, int channel) {
    static uint8_t buffer[MAX_PAYLOAD];
    struct reading *r = s->state;
    size_t room;
    if (channel != CHANNEL_OUT) return;
    while ((room = stream_credit(s, CHANNEL_OUT)) > 0) {
        if (room > sizeof buffer) room = sizeof buffer;
        if (room > r->left) room = (size_t)r->left;
        ssize_t length = room ? read(r->fd, buffer, room) : 0;
        if (length > 0) {
            stream_data(s, CHANNEL_OUT, buffer, (size_t)length);
            r->left -= (uint64_t)length;
            continue;
        }
        if (length < 0) {
            file_failed(s, errno, r->path);
        } else {
            stream_eof(s, CHANNEL_OUT);
            stream_end(s, NULL);
        }
        free_reading(r);
        return;
    }
}

static void open_read(struct stream *s, const struct fields *f) {
    struct stat info;
    char *path = request_path(s, f, TAG_PATH);
    int fd = path ? file_open_plain(s, path, false, &info) : -1;
    if (fd < 0) {
        free(path);
        return;
    }
    uint64_t offset = fields_number(f, TAG_OFFSET, 0);
    struct reading *r = calloc(1, sizeof *r);
    if (!r || offset > INT64_MAX || (offset && lseek(fd, (off_t)offset, SEEK_SET) < 0)) {
        stream_error(s, r ? "BAD_REQUEST" : "INTERNAL", "%s: OFFSET %llu", path, (unsigned long long)offset);
        free(path);
        free(r);
        close(fd);
        return;
    }
    *r = (struct reading){.fd = fd, .left = fields_number(f, TAG_SIZE, UINT64_MAX), .path = path};
    s->state = r;
    struct writer w = {0};
    entry_write_stat(&w, &info);
    stream_reply(s, &w);
    credit(s, CHANNEL_OUT);
}

static void closed(struct stream *s) {
    free_reading(s->state);
}

const struct verb verb_read = {
    .number = VERB_READ, .open = open_read, .credit = credit, .closed = closed, .is_file = true};
