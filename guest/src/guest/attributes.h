/* The limits and attributes of the guest, which its commands inherit. */
#ifndef SANDSTACK_ATTRIBUTES_H
#define SANDSTACK_ATTRIBUTES_H
#include <stdbool.h>

/* Sets what the launcher, or the engine, may have left otherwise. False where one can't be set, which stderr is told. */
bool attributes_take(void);
#endif
