#include <string.h>
#include "probe.h"

enum { HEADER = 12, LABEL_MAX = 63, RECURSE = 0x01, ANSWER = 0x80, RCODE = 0x0f, NO_ERROR = 0, NO_SUCH_NAME = 3 };

size_t dns_question(uint8_t *to, size_t room, uint16_t id, const char *name) {
    static const uint8_t tail[] = {0, 0, 1, 0, 1}; /* the root, A, IN */
    size_t length = HEADER;
    if (HEADER + strlen(name) + 1 + sizeof tail > room) return 0;
    memset(to, 0, HEADER);
    to[0] = (uint8_t)(id >> 8);
    to[1] = (uint8_t)id;
    to[2] = RECURSE;
    to[5] = 1;
    while (*name) {
        size_t label = strcspn(name, ".");
        if (label == 0 || label > LABEL_MAX) return 0;
        to[length++] = (uint8_t)label;
        memcpy(to + length, name, label);
        length += label;
        name += label + (name[label] == '.');
    }
    memcpy(to + length, tail, sizeof tail);
    return length + sizeof tail;
}

/* Docker's embedded resolver says by itself that it failed, or nothing at all. That a name does not exist it can only
 * have from a server that it asked: then questions, and what is written in them, get out. */
bool dns_is_forwarded(const uint8_t *answer, size_t length, uint16_t id) {
    if (length < HEADER || (answer[0] << 8 | answer[1]) != id || !(answer[2] & ANSWER)) return false;
    int rcode = answer[3] & RCODE, records = answer[6] << 8 | answer[7];
    return rcode == NO_SUCH_NAME || (rcode == NO_ERROR && records > 0);
}
