/* Base64 as of RFC 4648. */
#ifndef SANDSTACK_BASE64_H
#define SANDSTACK_BASE64_H
#include <stddef.h>
#include <stdint.h>
#define BASE64_LENGTH(bytes) (((bytes) + 2) / 3 * 4)
/* Writes BASE64_LENGTH(length) letters and gives that; no NUL. */
size_t base64_encode(char *out, const uint8_t *data, size_t length);
#endif
