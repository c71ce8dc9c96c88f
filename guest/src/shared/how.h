/* How a sandbox ended, as its record says it. */
#ifndef SANDSTACK_HOW_H
#define SANDSTACK_HOW_H
#include <stdint.h>
/* The words of HOW_…. */
const char *how_name(uint64_t how);
#endif
