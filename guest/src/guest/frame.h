/* Frames (guest/PROTOCOL.md): pure functions over bytes. */
#ifndef SANDSTACK_FRAME_H
#define SANDSTACK_FRAME_H
#include <stddef.h>
#include <stdint.h>
#include "protocol.h"

struct frame {
    uint32_t length, stream;
    uint8_t type, channel;
    const uint8_t *payload; /* inside the decoded bytes */
};

enum frame_state {
    FRAME_PARTIAL, /* more bytes are needed */
    FRAME_WHOLE,
    FRAME_BROKEN, /* no frame starts with these bytes */
};

/* The frame at the start of `data`; a whole one takes HEADER_BYTES + length bytes. */
enum frame_state frame_decode(const uint8_t *data, size_t length, struct frame *out);
void frame_encode(uint8_t out[HEADER_BYTES], uint8_t type, uint32_t stream, uint8_t channel, uint32_t length);
#endif
