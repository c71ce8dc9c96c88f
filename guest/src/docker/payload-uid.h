/* The payload as what has its uid in this container, of which nothing else has it. */
#ifndef SANDSTACK_PAYLOAD_UID_H
#define SANDSTACK_PAYLOAD_UID_H
#include "payload.h"
extern const struct payload_way payload_by_uid;
#endif
