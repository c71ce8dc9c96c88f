/* Fields: u16 tag, u32 length, bytes (guest/PROTOCOL.md). Reading never allocates: values point into the payload. */
#ifndef SANDSTACK_FIELDS_H
#define SANDSTACK_FIELDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fields {
    const uint8_t *data;
    size_t length;
};

/* False if the bytes are not a sequence of fields. Call it once on what came from outside. */
bool fields_valid(const uint8_t *data, size_t length);
/* The first value of a tag; false if there is none. */
bool fields_bytes(const struct fields *f, uint16_t tag, const uint8_t **value, size_t *length);
/* A number, or `fallback` where the tag is missing; a value that is not 8 bytes counts as missing. */
uint64_t fields_number(const struct fields *f, uint16_t tag, uint64_t fallback);
bool fields_has(const struct fields *f, uint16_t tag);
/* A text as a malloc'ed C string; NULL if missing or with a NUL inside. */
char *fields_text(const struct fields *f, uint16_t tag);
/* Every text of a tag as a malloc'ed, NULL-terminated array (free each and the array); NULL if out of memory or a NUL inside. */
char **fields_texts(const struct fields *f, uint16_t tag);

/* A growing payload. A failed allocation sets `failed`, which the sender checks once. */
struct writer {
    uint8_t *data;
    size_t length, room;
    bool failed;
};
void writer_bytes(struct writer *w, uint16_t tag, const void *value, size_t length);
void writer_text(struct writer *w, uint16_t tag, const char *text);
void writer_number(struct writer *w, uint16_t tag, uint64_t value);
void writer_free(struct writer *w);
#endif
