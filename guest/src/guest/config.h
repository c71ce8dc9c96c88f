/* What the keeper tells before the guest is ready: fills `guest`, and takes the descriptors. */
#ifndef SANDSTACK_CONFIG_H
#define SANDSTACK_CONFIG_H
#include "message.h"
/* CONFIG: the listening socket, or -1 if something that is needed is missing. */
int config_take(struct message *m);
/* ROOT: false if there is none. */
bool config_take_root(struct message *m);
#endif
