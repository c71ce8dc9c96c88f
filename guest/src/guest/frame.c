#include "frame.h"

static uint32_t number(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> 8 * i);
}

enum frame_state frame_decode(const uint8_t *data, size_t length, struct frame *out) {
    if (length < HEADER_BYTES) return FRAME_PARTIAL;
    *out = (struct frame){
        .length = number(data),
        .stream = number(data + 4),
        .type = data[8],
        .channel = data[9],
        .payload = data + HEADER_BYTES,
    };
    if (out->length > MAX_PAYLOAD || out->channel > CHANNEL_ERR || data[10] || data[11]) return FRAME_BROKEN;
    if (out->type < TYPE_HELLO || out->type > TYPE_PART) return FRAME_BROKEN;
    return length - HEADER_BYTES < out->length ? FRAME_PARTIAL : FRAME_WHOLE;
}

void frame_encode(uint8_t out[HEADER_BYTES], uint8_t type, uint32_t stream, uint8_t channel, uint32_t length) {
    put(out, length);
    put(out + 4, stream);
    out[8] = type;
    out[9] = channel;
    out[10] = out[11] = 0;
}
