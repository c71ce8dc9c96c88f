/* The wall clock, as the protocol's times count it. */
#ifndef SANDSTACK_CLOCK_H
#define SANDSTACK_CLOCK_H
#include <stdint.h>
uint64_t clock_ms_since_1970(void);
#endif
