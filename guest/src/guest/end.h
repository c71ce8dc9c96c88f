/* The sandbox's end, seen from inside: TERM to every payload process, KILL after GRACE_MS, last words to the keeper. */
#ifndef SANDSTACK_END_H
#define SANDSTACK_END_H
#include "command.h"

/* how: HOW_TIMEOUT at the deadline, HOW_KILLED on request. Only the first call counts. */
void end_begin(int how);
/* The task is over, and so is the sandbox. */
void end_of_task(struct command *task);
/* True from then on: new requests are refused. */
bool end_has_begun(void);
#endif
