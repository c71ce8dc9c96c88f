/* What a keeper lives through: its guest's messages, the deadline, the end of those it depends on. */
#ifndef SANDSTACK_KEEPER_WATCH_H
#define SANDSTACK_KEEPER_WATCH_H
#include <stdbool.h>
#include "ending.h"

/* Starts to watch; the loop stops when the sandbox is over. False with a fault. */
bool keeper_watch(void);
/* How it ended, once the loop has stopped. */
struct ending keeper_ending(void);
#endif
