/* The limits and attributes of the keeper, which all of a sandbox inherits: none is its maker's. */
#ifndef SANDSTACK_OWN_ATTRIBUTES_H
#define SANDSTACK_OWN_ATTRIBUTES_H
#include <stdbool.h>

/* False with a fault that names what may not be set. */
bool own_attributes_set(void);
#endif
