/* Which numbers of system calls the filter knows. The others give ENOSYS: a deny list says nothing of a call that came
 * after it was written. */
#ifndef SANDSTACK_KNOWN_CALLS_H
#define SANDSTACK_KNOWN_CALLS_H
#include <stddef.h>
#include <stdint.h>

/* Both ends belong to it. In rising order. */
struct call_range {
    uint32_t first, last;
};
extern const struct call_range known_calls[];
extern const size_t known_call_ranges;
#endif
