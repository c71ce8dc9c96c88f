/* TAR_IN: the archive comes in pieces of any size, and is taken in block by block. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "file-request.h"
#include "make-path.h"
#include "root-path.h"
#include "sparse-body.h"
#include "tar-name.h"
#include "tar-unpack.h"
#include "verbs.h"

enum { EXTRA_ROOM = 262144 }; /* of the records before one entry */

enum part {
    PART_HEADER,
    PART_EXTRA, /* pax records, or a GNU name, kept until it is whole */
    PART_FILE,
    PART_SKIPPED, /* padding, and what is not looked at */
    PART_END,
};

struct unpacking {
    struct unpack unpack;
    char *path;
    enum part part;
    struct tar_header header;
    struct tar_extra extra; /* for the next entry */
    uint64_t left, padding; /* of the part, and after it */
    uint8_t block[TAR_BLOCK];
    size_t block_length;
    uint8_t *records;
    size_t record_length;
    bool tells;  /* of an entry that can't be made, and goes on */
    bool sparse; /* the file's bytes begin with a map */
    struct sparse_body body;
    uint64_t written;
};

static void free_unpacking(struct unpacking *u) {
    new_file_drop(&u->unpack.file);
    close(u->unpack.top);
    sparse_end(&u->body);
    free(u->records);
    free(u->path);
    free(u);
}

/* Ends the stream; false, for its caller to hand on. */
static bool fail(struct stream *s, const char *wrong, const char *name) {
    struct unpacking *u = s->state;
    int error = errno;
    new_file_drop(&u->unpack.file); /* before the answer */
    if (wrong) stream_error(s, "BAD_ARCHIVE", "%s%s%s", name, *name ? ": " : "", wrong);
    else file_failed(s, error, *name ? name : u->path);
    free_unpacking(u);
    return false;
}

/* Tells a failure that ends more than an entry: nothing after it would fare better. */
static bool is_fatal(int error) {
    return error == ENOSPC || error == EDQUOT || error == ENOMEM || error == EMFILE || error == ENFILE || error == EIO;
}

/* Tells of an entry that can't be made; false if the client did not ask for that, or nothing more can be. */
static bool tell(struct stream *s, const char *wrong, const char *name) {
    const struct unpacking *u = s->state;
    if (!u->tells || (!wrong && is_fatal(errno))) return false;
    struct writer w = {0};
    writer_text(&w, TAG_PATH, name);
    writer_text(&w, TAG_MESSAGE, wrong ? wrong : strerror(errno));
    stream_event(s, &w);
    return true;
}

static void start_part(struct unpacking *u, enum part part, uint64_t length) {
    u->part = part;
    u->left = length;
    u->padding = (TAR_BLOCK - length % TAR_BLOCK) % TAR_BLOCK;
}

/* What follows a part that is whole: its padding, then a header. */
static void end_part(struct unpacking *u) {
    u->part = u->padding ? PART_SKIPPED : PART_HEADER;
    u->left = u->padding;
    u->padding = 0;
}

static bool finish_file(struct stream *s) {
    struct unpacking *u = s->state;
    const char *wrong = NULL;
    if (u->sparse && !sparse_finish(&u->body, u->unpack.file.fd, &wrong)) return fail(s, wrong, u->unpack.file.name);
    if (u->sparse) u->written += u->body.written;
    sparse_end(&u->body);
    if (unpack_finish_file(&u->unpack, &u->header) < 0 && !tell(s, NULL, u->unpack.file.name))
        return fail(s, NULL, u->unpack.file.name);
    end_part(u);
    return true;
}

static bool begin_extra(struct stream *s, uint64_t size) {
    struct unpacking *u = s->state;
    if (size == 0 || size > EXTRA_ROOM) return fail(s, "the records before an entry are empty, or too long", "");
    u->records = malloc((size_t)size + 1);
    u->record_length = 0;
    if (!u->records) return fail(s, NULL, "");
    start_part(u, PART_EXTRA, size);
    return true;
}

static bool finish_extra(struct stream *s) {
    struct unpacking *u = s->state;
    const char *wrong = NULL;
    char *text = (char *)u->records;
    text[u->record_length] = 0;
    if (u->header.type == TAR_PAX) wrong = tar_pax_decode(u->records, u->record_length, &u->extra);
    else if (strlen(text) >= PATH_MAX) wrong = "a name is too long";
    else strcpy(u->header.type == TAR_GNU_NAME ? u->extra.path : u->extra.link, text);
    if (wrong) return fail(s, wrong, "");
    free(u->records);
    u->records = NULL;
    end_part(u);
    return true;
}

static bool take_file(struct stream *s, const uint8_t *bytes, size_t length) {
    struct unpacking *u = s->state;
    const char *wrong = NULL;
    int fd = u->unpack.file.fd;
    if (u->sparse ? sparse_take(&u->body, fd, bytes, length, &wrong) : write_all(fd, bytes, length)) {
        if (!u->sparse) u->written += length;
        return true;
    }
    return fail(s, wrong, u->unpack.file.name);
}

/* Takes what stood before an entry of its holes. Gives NULL, or what is wrong. */
static const char *take_sparse(struct unpacking *u) {
    const struct tar_extra *e = &u->extra;
    u->sparse = tar_is_sparse(e);
    if (!u->sparse) return NULL;
    if (!e->sparse_major || !e->sparse_minor || !e->has_real_size) return "a sparse file without its version or size";
    if (u->header.type != TAR_FILE) return "holes in what is no file";
    sparse_begin(&u->body, e->real_size);
    return NULL;
}

/* Goes on behind an entry that was not made. */
static bool skip_entry(struct unpacking *u) {
    sparse_end(&u->body);
    u->sparse = false;
    start_part(u, PART_SKIPPED, u->header.size);
    if (u->left == 0) end_part(u);
    return true;
}

/* An entry with what stood before it. */
static bool take_entry(struct stream *s) {
    struct unpacking *u = s->state;
    struct tar_header *h = &u->header;
    char name[PATH_MAX], link[PATH_MAX], said[PATH_MAX];
    strcpy(said, *u->extra.path ? u->extra.path : h->name);
    strcpy(name, said);
    strcpy(link, *u->extra.link ? u->extra.link : h->link);
    if (u->extra.has_size) h->size = u->extra.size;
    if (u->extra.has_modified) h->modified = u->extra.modified;
    const char *wrong = take_sparse(u);
    memset(&u->extra, 0, sizeof u->extra);
    if (!wrong) wrong = tar_name_clean(name);
    if (!wrong && h->type == TAR_HARD_LINK) wrong = tar_name_clean(link) ? "a hard link that leads out" : NULL;
    if (!wrong && (h->type == TAR_SYMLINK || h->type == TAR_HARD_LINK) && h->size) wrong = "a link with bytes of its own";
    if (wrong) return fail(s, wrong, said);
    if (unpack_entry(&u->unpack, h, name, link, &wrong) < 0)
        return tell(s, wrong, said) ? skip_entry(u) : fail(s, wrong, said);
    start_part(u, h->type == TAR_FILE ? PART_FILE : PART_SKIPPED, h->type == TAR_FILE ? h->size : 0);
    if (u->left > 0) return true;
    if (h->type == TAR_FILE) return finish_file(s);
    end_part(u);
    return true;
}

static bool take_header(struct stream *s) {
    struct unpacking *u = s->state;
    const char *wrong = NULL;
    u->block_length = 0;
    switch (tar_decode(u->block, &u->header, &wrong)) {
    case TAR_BROKEN: return fail(s, wrong, "");
    case TAR_ZERO: u->part = PART_END; return true;
    case TAR_HEADER: break;
    }
    switch (u->header.type) {
    case TAR_PAX:
    case TAR_GNU_NAME:
    case TAR_GNU_LINK: return begin_extra(s, u->header.size);
    case TAR_PAX_GLOBAL: /* comments, as a rule */
        start_part(u, PART_SKIPPED, u->header.size);
        if (u->left == 0) end_part(u);
        return true;
    default: return take_entry(s);
    }
}

/* Takes in what belongs to the current part; false if the stream is over. */
static bool take(struct stream *s, const uint8_t *bytes, size_t length) {
    struct unpacking *u = s->state;
    if (u->part == PART_HEADER) {
        memcpy(u->block + u->block_length, bytes, length);
        u->block_length += length;
        return u->block_length < TAR_BLOCK || take_header(s);
    }
    if (u->part == PART_END) return true;
    if (u->part == PART_FILE && !take_file(s, bytes, length)) return false;
    if (u->part == PART_EXTRA) memcpy(u->records + u->record_length, bytes, length);
    if (u->part == PART_EXTRA) u->record_length += length;
    u->left -= length;
    if (u->left > 0) return true;
    if (u->part == PART_FILE) return finish_file(s);
    if (u->part == PART_EXTRA) return finish_extra(s);
    end_part(u);
    return true;
}

static void data(struct stream *s, const uint8_t *bytes, size_t length) {
    for (size_t at = 0; at < length;) {
        const struct unpacking *u = s->state;
        uint64_t wanted = u->part == PART_HEADER ? TAR_BLOCK - u->block_length : u->part == PART_END ? UINT64_MAX : u->left;
        size_t piece = wanted < length - at ? (size_t)wanted : length - at;
        if (!take(s, bytes + at, piece)) return;
        at += piece;
    }
    stream_consumed(s, length);
}

static void eof(struct stream *s) {
    struct unpacking *u = s->state;
    if (u->part != PART_END) {
        fail(s, "the archive is cut off", "");
        return;
    }
    struct writer w = {0};
    writer_number(&w, TAG_SIZE, u->written);
    stream_end(s, &w);
    free_unpacking(u);
}

static void open_tar_in(struct stream *s, const struct fields *f) {
    char *path = request_path(s, f, TAG_PATH);
    struct account owner;
    if (!path || !request_account(s, f, &owner)) {
        free(path);
        return;
    }
    struct unpacking *u = calloc(1, sizeof *u);
    bool made = false;
    int top = u ? make_directories(AT_ROOT, path, &owner, 0755, &made) : -1;
    if (top < 0) {
        file_failed(s, errno, path);
        free(path);
        free(u);
        return;
    }
    u->path = path;
    u->tells = fields_number(f, TAG_FLAGS, 0) & TAR_FLAG_TELL;
    u->unpack = (struct unpack){.top = top, .top_made = made, .path = path, .owner = owner, .file.directory = -1};
    s->state = u;
    stream_reply(s, NULL);
    stream_widen(s);
}

static void closed(struct stream *s) {
    free_unpacking(s->state);
}

const struct verb verb_tar_in = {
    .number = VERB_TAR_IN, .open = open_tar_in, .data = data, .eof = eof, .closed = closed, .is_file = true};
