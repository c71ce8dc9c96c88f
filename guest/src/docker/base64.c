#include "base64.h"

size_t base64_encode(char *out, const uint8_t *data, size_t length) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t end = 0;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t bits = (uint32_t)data[i] << 16 | (left > 1 ? (uint32_t)data[i + 1] << 8 : 0) | (left > 2 ? data[i + 2] : 0u);
        for (int shift = 18; shift >= 0; shift -= 6) out[end++] = letters[bits >> shift & 63];
        if (left < 3) out[end - 1] = '=';
        if (left < 2) out[end - 2] = '=';
    }
    return end;
}
