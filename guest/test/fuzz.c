/* Seeded mutations of well-formed frames and fields into the decoder and the parser; run with the sanitizers.
 *   fuzz [ROUNDS [SEED]]
 * Each input lies in a block of exactly its size, so that a read past it is seen. Under clang's libFuzzer the same
 * check is the entry point (cc -DLIBFUZZER -fsanitize=fuzzer). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fields.h"
#include "frame.h"

enum { ROUNDS = 200000, MAX_INPUT = 512, MAX_TAG = 120 };

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length) {
    check_frames(data, length);
    check_fields(data, length);
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
        uint8_t input[MAX_INPUT * 2];
        size_t length = well_formed(input);
        if (random_below(2)) length += well_formed(input + length);
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
