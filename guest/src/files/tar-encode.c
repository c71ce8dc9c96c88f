#include <stdio.h>
#include <string.h>
#include "tar-header.h"

enum { OCTAL_SIZE_LIMIT = 8 }; /* GiB: what 11 octal digits can say */

struct block {
    char name[100], mode[8], uid[8], gid[8], size[12], modified[12], sum[8], type, link[100], magic[6], version[2],
        user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct block) == TAR_BLOCK, "a tar header is one block");

static void write_octal(char *field, size_t room, uint64_t value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%0*llo", (int)room - 1, (unsigned long long)value);
    memcpy(field, digits, room); /* with the NUL, if the value fits; it does where it is used */
}

static void write_text(char *field, size_t room, const char *text) {
    size_t length = strlen(text);
    memcpy(field, text, length < room ? length : room);
}

static void write_block(uint8_t *out, const struct tar_entry *e) {
    struct block b = {.type = e->type, .magic = "ustar", .version = {'0', '0'}};
    bool old = e->modified.tv_sec < 0 || e->modified.tv_sec >= 1ll << 33;
    write_text(b.name, sizeof b.name, e->path);
    if (e->link) write_text(b.link, sizeof b.link, e->link);
    write_octal(b.mode, sizeof b.mode, e->mode & 07777);
    write_octal(b.uid, sizeof b.uid, e->uid & 0xffff);
    write_octal(b.gid, sizeof b.gid, e->gid & 0xffff);
    write_octal(b.size, sizeof b.size, e->size >> 30 >= OCTAL_SIZE_LIMIT ? 0 : e->size);
    write_octal(b.modified, sizeof b.modified, old ? 0 : (uint64_t)e->modified.tv_sec);
    memset(b.sum, ' ', sizeof b.sum);
    memcpy(out, &b, sizeof b);
    unsigned sum = 0;
    for (size_t i = 0; i < TAR_BLOCK; i++) sum += out[i];
    write_octal(b.sum, 7, sum);
    memcpy(out, &b, sizeof b);
}

struct records {
    char *text;
    size_t length, room;
};

/* Adds `LENGTH KEY=VALUE\n`, where LENGTH counts itself. */
static void add_record(struct records *r, const char *key, const char *value) {
    size_t rest = strlen(key) + strlen(value) + 3, total = rest;
    char digits[24];
    for (size_t before = 0; before != total;) {
        before = total;
        total = rest + (size_t)snprintf(digits, sizeof digits, "%zu", total);
    }
    if (r->length + total < r->room) sprintf(r->text + r->length, "%s %s=%s\n", digits, key, value);
    r->length += total;
}

static void add_size(struct records *r, const char *key, uint64_t value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    add_record(r, key, digits);
}

static void add_sparse(struct records *r, const struct tar_entry *e) {
    add_record(r, "GNU.sparse.major", "1");
    add_record(r, "GNU.sparse.minor", "0");
    add_record(r, "GNU.sparse.name", e->path);
    add_size(r, "GNU.sparse.realsize", e->real_size);
}

static void add_modified(struct records *r, const struct timespec *t) {
    char text[48];
    long long seconds = t->tv_sec;
    long nanoseconds = t->tv_nsec;
    bool negative = seconds < 0;
    if (negative && nanoseconds) {
        seconds++;
        nanoseconds = 1000000000 - nanoseconds;
    }
    snprintf(text, sizeof text, "%s%llu.%09ld", negative ? "-" : "", negative ? 0ull - (unsigned long long)seconds : (unsigned long long)seconds,
             nanoseconds);
    add_record(r, "mtime", text);
}

static size_t round_up(size_t length) {
    return (length + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
}

size_t tar_encode(uint8_t out[TAR_HEADERS_ROOM], const struct tar_entry *e) {
    struct records r = {.text = (char *)out + TAR_BLOCK, .room = TAR_HEADERS_ROOM - 3 * TAR_BLOCK};
    memset(out, 0, TAR_HEADERS_ROOM);
    if (e->sparse) add_sparse(&r, e);
    else if (strlen(e->path) > TAR_LINK) add_record(&r, "path", e->path);
    if (e->link && strlen(e->link) > TAR_LINK) add_record(&r, "linkpath", e->link);
    if (e->size >> 30 >= OCTAL_SIZE_LIMIT) add_size(&r, "size", e->size);
    if (e->modified.tv_nsec || e->modified.tv_sec < 0 || e->modified.tv_sec >= 1ll << 33) add_modified(&r, &e->modified);
    if (r.length >= r.room) return 0;
    size_t at = 0;
    if (r.length > 0) {
        const struct tar_entry pax = {.type = TAR_PAX, .path = "pax", .mode = 0644, .size = r.length};
        write_block(out, &pax);
        at = TAR_BLOCK + round_up(r.length);
        memset(out + TAR_BLOCK + r.length, 0, at - TAR_BLOCK - r.length); /* sprintf's NUL */
    }
    write_block(out + at, e);
    return at + TAR_BLOCK;
}
