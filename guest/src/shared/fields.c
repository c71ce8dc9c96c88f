#include "fields.h"
#include <stdlib.h>
#include <string.h>

enum { FIELD_HEADER = 6 };

struct field {
    uint16_t tag;
    uint32_t length;
    const uint8_t *value;
};

/* The field at *offset, which moves behind it; false at the end, or where the bytes are no field. */
static bool next_field(const uint8_t *data, size_t length, size_t *offset, struct field *out) {
    if (length - *offset < FIELD_HEADER) return false;
    const uint8_t *at = data + *offset;
    out->tag = (uint16_t)(at[0] | at[1] << 8);
    out->length = (uint32_t)at[2] | (uint32_t)at[3] << 8 | (uint32_t)at[4] << 16 | (uint32_t)at[5] << 24;
    if (length - *offset - FIELD_HEADER < out->length) return false;
    out->value = at + FIELD_HEADER;
    *offset += FIELD_HEADER + out->length;
    return true;
}

static bool find(const struct fields *f, uint16_t tag, struct field *out) {
    size_t offset = 0;
    while (next_field(f->data, f->length, &offset, out))
        if (out->tag == tag) return true;
    return false;
}

bool fields_valid(const uint8_t *data, size_t length) {
    size_t offset = 0;
    struct field field;
    while (next_field(data, length, &offset, &field)) continue;
    return offset == length;
}

bool fields_bytes(const struct fields *f, uint16_t tag, const uint8_t **value, size_t *length) {
    struct field field;
    if (!find(f, tag, &field)) return false;
    *value = field.value;
    *length = field.length;
    return true;
}

uint64_t fields_number(const struct fields *f, uint16_t tag, uint64_t fallback) {
    struct field field;
    if (!find(f, tag, &field) || field.length != 8) return fallback;
    uint64_t number = 0;
    for (int i = 7; i >= 0; i--) number = number << 8 | field.value[i];
    return number;
}

bool fields_has(const struct fields *f, uint16_t tag) {
    struct field field;
    return find(f, tag, &field);
}

static char *text_of(const struct field *field) {
    if (memchr(field->value, 0, field->length)) return NULL;
    return strndup((const char *)field->value, field->length);
}

char *fields_text(const struct fields *f, uint16_t tag) {
    struct field field;
    return find(f, tag, &field) ? text_of(&field) : NULL;
}

char **fields_texts(const struct fields *f, uint16_t tag) {
    struct field field;
    size_t count = 0, offset = 0;
    while (next_field(f->data, f->length, &offset, &field)) count += field.tag == tag;
    char **texts = calloc(count + 1, sizeof *texts);
    if (!texts) return NULL;
    offset = count = 0;
    while (next_field(f->data, f->length, &offset, &field)) {
        if (field.tag != tag) continue;
        texts[count] = text_of(&field);
        if (!texts[count++]) {
            while (count > 0) free(texts[--count]);
            free(texts);
            return NULL;
        }
    }
    return texts;
}

static uint8_t *grow(struct writer *w, size_t more) {
    if (w->failed) return NULL;
    if (w->room - w->length < more) {
        size_t room = w->room ? w->room * 2 : 256;
        while (room - w->length < more) room *= 2;
        uint8_t *data = realloc(w->data, room);
        if (!data) {
            w->failed = true;
            return NULL;
        }
        w->data = data;
        w->room = room;
    }
    uint8_t *at = w->data + w->length;
    w->length += more;
    return at;
}

void writer_bytes(struct writer *w, uint16_t tag, const void *value, size_t length) {
    uint8_t *at = grow(w, FIELD_HEADER + length);
    if (!at) return;
    at[0] = (uint8_t)tag;
    at[1] = (uint8_t)(tag >> 8);
    for (int i = 0; i < 4; i++) at[2 + i] = (uint8_t)(length >> 8 * i);
    if (length) memcpy(at + FIELD_HEADER, value, length);
}

void writer_text(struct writer *w, uint16_t tag, const char *text) {
    writer_bytes(w, tag, text, strlen(text));
}

void writer_number(struct writer *w, uint16_t tag, uint64_t value) {
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> 8 * i);
    writer_bytes(w, tag, bytes, sizeof bytes);
}

void writer_free(struct writer *w) {
    free(w->data);
    *w = (struct writer){0};
}
