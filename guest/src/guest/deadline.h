/* The guest's own deadline, on a clock that counts while the machine sleeps. The keeper keeps a second one. */
#ifndef SANDSTACK_DEADLINE_H
#define SANDSTACK_DEADLINE_H
/* Arms guest.deadline_ms. */
void deadline_arm(void);
#endif
