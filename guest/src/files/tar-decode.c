#include <string.h>
#include "tar-header.h"

/* Where the fields of a block lie. */
enum {
    AT_MODE = 100,
    AT_SIZE = 124,
    AT_MODIFIED = 136,
    AT_SUM = 148,
    AT_TYPE = 156,
    AT_LINK = 157,
    AT_MAGIC = 257,
    AT_PREFIX = 345,
    NAME_LENGTH = 100,
    PREFIX_LENGTH = 155,
};

/* Base 256, GNU's form for numbers that octal digits have no room for; the first byte holds the sign. */
static bool read_binary(const uint8_t *field, size_t length, int64_t *out) {
    bool negative = field[0] & 0x40;
    uint64_t value = negative ? UINT64_MAX : 0;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = i == 0 ? (uint8_t)((field[0] & 0x7f) | (negative ? 0x80 : 0)) : field[i];
        uint8_t lost = (uint8_t)(value >> 56);
        if (lost != (negative ? 0xff : 0)) return false;
        value = value << 8 | byte;
    }
    *out = (int64_t)value;
    return (*out < 0) == negative;
}

static bool read_number(const uint8_t *field, size_t length, int64_t *out) {
    size_t i = 0;
    uint64_t value = 0;
    if (field[0] & 0x80) return read_binary(field, length, out);
    while (i < length && field[i] == ' ') i++;
    for (; i < length && field[i] >= '0' && field[i] <= '7'; i++) value = value << 3 | (uint64_t)(field[i] - '0');
    for (; i < length; i++)
        if (field[i] != ' ' && field[i] != 0) return false;
    *out = (int64_t)value; /* 12 octal digits at most */
    return true;
}

static bool sum_is_right(const uint8_t block[TAR_BLOCK]) {
    int64_t said, sum = 0;
    for (size_t i = 0; i < TAR_BLOCK; i++) sum += i >= AT_SUM && i < AT_SUM + 8 ? ' ' : block[i];
    return read_number(block + AT_SUM, 8, &said) && said == sum;
}

static size_t read_text(char *out, const uint8_t *field, size_t length) {
    size_t end = strnlen((const char *)field, length);
    memcpy(out, field, end);
    out[end] = 0;
    return end;
}

static void read_name(const uint8_t block[TAR_BLOCK], char out[TAR_NAME + 1]) {
    size_t length = 0;
    if (memcmp(block + AT_MAGIC, "ustar", 6) == 0) length = read_text(out, block + AT_PREFIX, PREFIX_LENGTH);
    if (length > 0) out[length++] = '/';
    read_text(out + length, block, NAME_LENGTH);
}

static char type_of(const struct tar_header *h, char flag) {
    if (flag != 0 && flag != TAR_FILE && flag != '7') return flag;
    size_t length = strlen(h->name);
    /* Before there was a type for it. */
    return flag == 0 && length > 0 && h->name[length - 1] == '/' ? TAR_DIRECTORY : TAR_FILE;
}

enum tar_block tar_decode(const uint8_t block[TAR_BLOCK], struct tar_header *out, const char **wrong) {
    static const uint8_t zero[TAR_BLOCK];
    int64_t mode, size, modified;
    if (memcmp(block, zero, TAR_BLOCK) == 0) return TAR_ZERO;
    memset(out, 0, sizeof *out);
    *wrong = "a header's checksum is wrong";
    if (!sum_is_right(block)) return TAR_BROKEN;
    *wrong = "a header's number is none";
    if (!read_number(block + AT_MODE, 8, &mode) || !read_number(block + AT_SIZE, 12, &size) ||
        !read_number(block + AT_MODIFIED, 12, &modified))
        return TAR_BROKEN;
    *wrong = "a header's size is below zero";
    if (size < 0) return TAR_BROKEN;
    read_name(block, out->name);
    read_text(out->link, block + AT_LINK, TAR_LINK);
    out->mode = (uint32_t)mode & 07777;
    out->size = (uint64_t)size;
    out->modified.tv_sec = modified;
    out->type = type_of(out, (char)block[AT_TYPE]);
    return TAR_HEADER;
}
