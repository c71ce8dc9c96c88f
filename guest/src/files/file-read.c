/* READ: a file's bytes, as far as the client's credit goes. Holes are told, where the client asked for that. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "entry.h"
#include "file-request.h"
#include "sparse-pieces.h"
#include "verbs.h"

struct reading {
    int fd;
    uint64_t left; /* of SIZE */
    bool holes;    /* are told */
    uint64_t at, data_end; /* where the next byte is; where the data there ends */
    char *path;
};

static void free_reading(struct reading *r) {
    close(r->fd);
    free(r->path);
    free(r);
}

static void tell_offset(struct stream *s, uint64_t offset) {
    struct writer w = {0};
    writer_number(&w, TAG_OFFSET, offset);
    stream_event(s, &w);
}

/* Goes to the next data, and tells how far that is. -1 with errno. */
static int skip_hole(struct stream *s, struct reading *r) {
    struct stat info;
    if (r->left == 0 || r->at < r->data_end) return 0;
    off_t next = lseek(r->fd, (off_t)r->at, SEEK_DATA);
    if (next < 0 && errno != ENXIO) return -1;
    if (next < 0 && fstat(r->fd, &info) < 0) return -1;
    off_t end = next < 0 ? -1 : lseek(r->fd, next, SEEK_HOLE);
    if (next < 0) next = info.st_size;
    r->data_end = end < 0 ? UINT64_MAX : (uint64_t)end;
    if ((uint64_t)next > r->at) {
        uint64_t skipped = (uint64_t)next - r->at;
        if (skipped > r->left) skipped = r->left;
        r->at += skipped;
        r->left -= skipped;
        tell_offset(s, r->at);
    }
    return lseek(r->fd, (off_t)r->at, SEEK_SET) < 0 ? -1 : 0;
}

/* Some of the next bytes; 0 at the end, -1 with errno. */
static ssize_t read_some(struct stream *s, struct reading *r, uint8_t *buffer, size_t room) {
    if (r->holes && skip_hole(s, r) < 0) return -1;
    if (room > r->left) room = (size_t)r->left;
    if (r->holes && room > r->data_end - r->at) room = (size_t)(r->data_end - r->at);
    ssize_t length = room ? read(r->fd, buffer, room) : 0;
    if (length > 0) r->left -= (uint64_t)length;
    if (length > 0) r->at += (uint64_t)length;
    return length;
}

static void credit(struct stream *s, int channel) {
    static uint8_t buffer[MAX_PAYLOAD];
    struct reading *r = s->state;
    size_t room;
    if (channel != CHANNEL_OUT) return;
    while ((room = stream_credit(s, CHANNEL_OUT)) > 0) {
        ssize_t length = read_some(s, r, buffer, room > sizeof buffer ? sizeof buffer : room);
        if (length > 0) {
            stream_data(s, CHANNEL_OUT, buffer, (size_t)length);
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
    *r = (struct reading){.fd = fd, .left = fields_number(f, TAG_SIZE, UINT64_MAX), .at = offset, .path = path};
    r->holes = (fields_number(f, TAG_FLAGS, 0) & READ_FLAG_HOLES) && sparse_worth(&info);
    uint64_t size = (uint64_t)info.st_size, rest = size > offset ? size - offset : 0;
    if (r->holes && r->left > rest) r->left = rest; /* no offset is told past the size that is */
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
