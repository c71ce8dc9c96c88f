/* The sandbox's end, seen from inside: TERM to every payload process, KILL after GRACE_MS, last words. */
#ifndef SANDSTACK_END_H
#define SANDSTACK_END_H
#include "command.h"

/* What is left to be told when nothing of the payload runs any more. */
struct last_words {
    int how; /* HOW_… */
    const struct command *task; /* NULL: the sandbox had none */
    bool finished; /* the task ended by itself: its code or signal counts */
};

/* Who takes the last words; once, at the start. */
void end_tells(void (*tell)(const struct last_words *words));
/* how: HOW_TIMEOUT at the deadline, HOW_KILLED on request. Only the first call counts. */
void end_begin(int how);
/* The task is over, and so is the sandbox. */
void end_of_task(struct command *task);
/* True from then on: new requests are refused. */
bool end_has_begun(void);
#endif
