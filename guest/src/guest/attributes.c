#include "attributes.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "guest.h"
#include "process-attributes.h"
#include "process-limits.h"

bool attributes_take(void) {
    struct low_limit low;
    char text[400];
    if (!process_limits_set(process_limit_of(guest.processes, guest.only_uid != 0), false, &low)) {
        process_limits_explain(&low, text, sizeof text);
        fprintf(stderr, "sandstack-guest: %s\n", text);
        return false;
    }
    const char *stuck = process_attributes_set();
    if (stuck) fprintf(stderr, "sandstack-guest: the %s of this process can't be set: %s\n", stuck, strerror(errno));
    return !stuck;
}
