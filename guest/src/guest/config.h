/* CONFIG of the keeper: fills `guest`, and takes the descriptors. */
#ifndef SANDSTACK_CONFIG_H
#define SANDSTACK_CONFIG_H
#include "message.h"
/* The listening socket, or -1 if something that is needed is missing. */
int config_take(struct message *m);
#endif
