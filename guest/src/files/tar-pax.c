#include <stdlib.h>
#include <string.h>
#include "tar-header.h"

struct record {
    const char *key, *value;
    size_t key_length, value_length;
};

/* One record, `LENGTH KEY=VALUE\n`, LENGTH counting all of it; gives its length, 0 if it is none. */
static size_t read_record(const char *data, size_t length, struct record *out) {
    size_t total = 0, at = 0;
    for (; at < length && data[at] >= '0' && data[at] <= '9'; at++) {
        total = total * 10 + (size_t)(data[at] - '0');
        if (total > length) return 0;
    }
    if (at == 0 || at + 1 >= total || data[at] != ' ' || data[total - 1] != '\n') return 0;
    out->key = data + at + 1;
    const char *end = data + total - 1, *equals = memchr(out->key, '=', (size_t)(end - out->key));
    if (!equals) return 0;
    out->key_length = (size_t)(equals - out->key);
    out->value = equals + 1;
    out->value_length = (size_t)(end - out->value);
    return total;
}

static bool is(const struct record *r, const char *key) {
    return r->key_length == strlen(key) && memcmp(r->key, key, r->key_length) == 0;
}

static bool read_path(const struct record *r, char out[PATH_MAX]) {
    if (r->value_length == 0 || r->value_length >= PATH_MAX || memchr(r->value, 0, r->value_length)) return false;
    memcpy(out, r->value, r->value_length);
    out[r->value_length] = 0;
    return true;
}

/* Digits up to the end or to `stop`; false if there are none, or too many. */
static bool read_digits(const char **at, const char *end, char stop, uint64_t *out) {
    const char *start = *at;
    uint64_t value = 0;
    for (; *at < end && **at != stop; (*at)++) {
        if (**at < '0' || **at > '9' || value > (INT64_MAX - 9) / 10) return false;
        value = value * 10 + (uint64_t)(**at - '0');
    }
    *out = value;
    return *at > start;
}

static bool read_number(const struct record *r, uint64_t *out) {
    const char *at = r->value;
    return read_digits(&at, r->value + r->value_length, '\n', out);
}

/* Seconds with a fraction, perhaps below zero; what is finer than a nanosecond is cut off. */
static bool read_time(const struct record *r, struct timespec *out) {
    const char *at = r->value, *end = r->value + r->value_length;
    bool negative = at < end && *at == '-';
    uint64_t seconds;
    long nanoseconds = 0, unit = 100000000;
    if (negative) at++;
    if (!read_digits(&at, end, '.', &seconds)) return false;
    if (at < end) at++;
    for (; at < end; at++, unit /= 10) {
        if (*at < '0' || *at > '9') return false;
        nanoseconds += (*at - '0') * unit;
    }
    out->tv_sec = negative ? -(time_t)seconds : (time_t)seconds;
    out->tv_nsec = nanoseconds;
    if (negative && nanoseconds) {
        out->tv_sec--;
        out->tv_nsec = 1000000000 - nanoseconds;
    }
    return true;
}

static bool is_number(const struct record *r, char digit) {
    return r->value_length == 1 && *r->value == digit;
}

/* Version 1.0 of GNU's format; older ones have their map in records like these. The name is of the file; what stands in
 * the header is one for who does not know of this. */
static const char *take_sparse(const struct record *r, struct tar_extra *out) {
    const char *wrong = "a sparse file of a version other than 1.0";
    if (is(r, "GNU.sparse.major")) return (out->sparse_major = is_number(r, '1')) ? NULL : wrong;
    if (is(r, "GNU.sparse.minor")) return (out->sparse_minor = is_number(r, '0')) ? NULL : wrong;
    if (is(r, "GNU.sparse.realsize")) return (out->has_real_size = read_number(r, &out->real_size)) ? NULL : "a sparse file's size is no number";
    if (!is(r, "GNU.sparse.name")) return wrong;
    return (out->sparse_named = read_path(r, out->path)) ? NULL : "a sparse file's name is empty, too long, or has a NUL in it";
}

bool tar_is_sparse(const struct tar_extra *e) {
    return e->sparse_major || e->sparse_minor || e->has_real_size || e->sparse_named;
}

static const char *take(const struct record *r, struct tar_extra *out) {
    if (is(r, "path") && out->sparse_named) return NULL;
    if (is(r, "path")) return read_path(r, out->path) ? NULL : "a pax path is empty, too long, or has a NUL in it";
    if (is(r, "linkpath")) return read_path(r, out->link) ? NULL : "a pax link is empty, too long, or has a NUL in it";
    if (is(r, "size")) return (out->has_size = read_number(r, &out->size)) ? NULL : "a pax size is no number";
    if (is(r, "mtime")) return (out->has_modified = read_time(r, &out->modified)) ? NULL : "a pax time is no number";
    if (r->key_length >= 10 && memcmp(r->key, "GNU.sparse", 10) == 0) return take_sparse(r, out);
    return NULL;
}

const char *tar_pax_decode(const uint8_t *data, size_t length, struct tar_extra *out) {
    const char *at = (const char *)data;
    while (length > 0) {
        struct record r;
        size_t taken = read_record(at, length, &r);
        if (taken == 0) return "a pax record is malformed";
        const char *wrong = take(&r, out);
        if (wrong) return wrong;
        at += taken;
        length -= taken;
    }
    return NULL;
}
