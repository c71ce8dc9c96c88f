/* Seeded mutations of well-formed frames, fields and archives into their decoders; run with the sanitizers.
 *   fuzz [ROUNDS [SEED]]
 * Each input lies in a block of exactly its size, so that a read past it is seen. Under clang's libFuzzer the same
 * check is the entry point (cc -DLIBFUZZER -fsanitize=fuzzer). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fields.h"
#include "frame.h"
#include "sparse-body.h"
#include "tar-header.h"
#include "tar-name.h"

enum { ROUNDS = 200000, MAX_ARCHIVE = 4096, MAX_TAG = 120 };

static void check_fields(const uint8_t *data, size_t length) {
    struct fields f = {data, length};
    bool valid = fields_valid(data, length);
    size_t values = 0;
    for (uint16_t tag = 0; tag < MAX_TAG; tag++) {
        const uint8_t *value;
        size_t size;
        if (fields_bytes(&f, tag, &value, &size)) {
            values += size;
            if (value < data || value + size > data + length) abort();
        }
        fields_number(&f, tag, 0);
        free(fields_text(&f, tag));
        char **texts = fields_texts(&f, tag);
        for (char **t = texts; t && *t; t++) free(*t);
        free(texts);
    }
    if (valid && values > length) abort();
}

static void check_frames(const uint8_t *data, size_t length) {
    struct frame frame;
    while (frame_decode(data, length, &frame) == FRAME_WHOLE) {
        if (frame.payload + frame.length > data + length) abort();
        uint8_t again[HEADER_BYTES];
        frame_encode(again, frame.type, frame.stream, frame.channel, frame.length);
        if (memcmp(again, data, HEADER_BYTES) != 0) abort();
        check_fields(frame.payload, frame.length);
        data += HEADER_BYTES + frame.length;
        length -= HEADER_BYTES + frame.length;
    }
}

/* A clean name has no part that leads anywhere but down. */
static void check_name(const char *text) {
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s", text);
    if (tar_name_clean(name)) return;
    if (*name == '/' || strstr(name, "//") || strstr(name, "/../") || strncmp(name, "../", 3) == 0) abort();
    if (*name && name[strlen(name) - 1] == '/') abort();
}

/* Whatever a map says, its pieces are in order and within the file. */
static void check_map(const uint8_t *data, size_t length) {
    struct sparse_body b;
    const char *wrong;
    uint64_t end = 0;
    sparse_begin(&b, 1u << 20);
    if (sparse_take_map(&b, data, length, &wrong) > length) abort();
    for (size_t i = 0; i < b.pieces.count; i++) {
        const struct sparse_piece *piece = &b.pieces.list[i];
        if (piece->offset < end || piece->length > b.size || piece->offset > b.size - piece->length) abort();
        end = piece->offset + piece->length;
    }
    sparse_end(&b);
}

/* A header block, its checksum made right so that the rest is looked at, and what follows as pax records. */
static void check_archive(const uint8_t *data, size_t length) {
    static struct tar_extra extra;
    struct tar_header h;
    const char *wrong;
    memset(&extra, 0, sizeof extra);
    if (length >= TAR_BLOCK) {
        uint8_t block[TAR_BLOCK];
        memcpy(block, data, sizeof block);
        tar_decode(block, &h, &wrong);
        unsigned sum = 0;
        for (size_t i = 0; i < TAR_BLOCK; i++) sum += i >= 148 && i < 156 ? ' ' : block[i];
        char digits[8];
        snprintf(digits, sizeof digits, "%06o", sum);
        memcpy(block + 148, digits, sizeof digits);
        if (tar_decode(block, &h, &wrong) == TAR_HEADER) {
            if (h.size > INT64_MAX || h.mode > 07777) abort();
            check_name(h.name);
            check_name(h.link);
        }
        data += TAR_BLOCK;
        length -= TAR_BLOCK;
    }
    tar_pax_decode(data, length, &extra);
    if (extra.size > INT64_MAX || extra.modified.tv_nsec < 0 || extra.modified.tv_nsec > 999999999) abort();
    check_name(extra.path);
    check_name(extra.link);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length) {
    check_frames(data, length);
    check_fields(data, length);
    check_archive(data, length);
    check_map(data, length);
    return 0;
}

#ifndef LIBFUZZER
static uint64_t state;

/* xorshift64*: repeatable everywhere. */
static uint32_t random_below(uint32_t limit) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 2685821657736338717u) >> 33) % limit;
}

static size_t well_formed(uint8_t *out) {
    struct writer w = {0};
    for (uint32_t i = random_below(5); i > 0; i--) {
        uint16_t tag = (uint16_t)random_below(MAX_TAG);
        if (random_below(2)) writer_number(&w, tag, random_below(1000));
        else writer_text(&w, tag, "/usr/bin/python3" + random_below(16));
    }
    uint8_t type = (uint8_t)(1 + random_below(12)), channel = (uint8_t)random_below(3);
    frame_encode(out, type, random_below(9), channel, (uint32_t)w.length);
    if (w.length) memcpy(out + HEADER_BYTES, w.data, w.length);
    size_t length = HEADER_BYTES + w.length;
    writer_free(&w);
    return length;
}

/* Headers with pax records, and what else stands in an archive; the records come last, so that they can be cut off. */
static size_t well_formed_archive(uint8_t *out) {
    static uint8_t headers[TAR_HEADERS_ROOM];
    static const char *const links[] = {NULL, "../up/and/down", "/absolute", "."};
    char path[200];
    size_t length = random_below(sizeof path - 1);
    for (size_t i = 0; i < length; i++) path[i] = "ab/.."[random_below(5)];
    path[length] = 0;
    const struct tar_entry e = {
        .type = "01256xgLKS"[random_below(10)],
        .path = path,
        .link = links[random_below(4)],
        .size = random_below(3) ? random_below(1000) : (uint64_t)random_below(1u << 31) << random_below(32),
        .modified = {.tv_sec = (long)random_below(1u << 31) - (1 << 30), .tv_nsec = random_below(2) ? 500000000 : 0},
    };
    length = tar_encode(headers, &e);
    if (length > TAR_BLOCK && random_below(2)) { /* of an entry with records: its own block, then they */
        memcpy(out, headers + length - TAR_BLOCK, TAR_BLOCK);
        size_t records = strnlen((const char *)headers + TAR_BLOCK, length - 2 * TAR_BLOCK);
        memcpy(out + TAR_BLOCK, headers + TAR_BLOCK, records);
        return TAR_BLOCK + records;
    }
    memcpy(out, headers, length);
    return length;
}

static size_t well_formed_map(uint8_t *out) {
    struct sparse_pieces p = {0};
    uint64_t at = 0;
    size_t length = 0;
    for (uint32_t i = random_below(9); i > 0; i--) {
        uint64_t piece = 512 * random_below(9);
        at += 512 * random_below(200);
        if (!sparse_add(&p, at, piece)) exit(1);
        at += piece;
    }
    for (size_t line = 0; line <= p.count; line++) length += sparse_map_line(&p, line, (char *)out + length);
    sparse_free(&p);
    memset(out + length, 0, TAR_BLOCK - length % TAR_BLOCK);
    return length + TAR_BLOCK - length % TAR_BLOCK;
}

static size_t mutate(uint8_t *data, size_t length) {
    for (uint32_t i = random_below(6); i > 0; i--) {
        static const uint8_t telling[] = {0, 1, 6, 8, 0x7f, 0x80, 0xfe, 0xff};
        uint32_t at = random_below((uint32_t)length);
        if (random_below(2)) data[at] = telling[random_below(sizeof telling)];
        else data[at] ^= (uint8_t)(1u << random_below(8));
    }
    return random_below(4) ? length : random_below((uint32_t)length + 1);
}

int main(int argc, char **argv) {
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : ROUNDS;
    unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    state = seed * 2654435769u + 1;
    for (unsigned long i = 0; i < rounds; i++) {
        uint8_t input[MAX_ARCHIVE];
        uint32_t kind = random_below(4);
        size_t length = kind == 0 ? well_formed_archive(input) : kind == 1 ? well_formed_map(input) : well_formed(input);
        if (kind > 1 && random_below(2)) length += well_formed(input + length);
        length = mutate(input, length);
        uint8_t *exact = malloc(length ? length : 1);
        if (!exact) return 1;
        memcpy(exact, input, length);
        LLVMFuzzerTestOneInput(exact, length);
        free(exact);
    }
    printf("%lu inputs, seed %lu\n", rounds, seed);
    return 0;
}
#endif
