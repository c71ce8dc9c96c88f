/* The payload held still: by a client (FREEZE), or for a while by the guest itself. */
#ifndef SANDSTACK_FREEZE_H
#define SANDSTACK_FREEZE_H
/* Counted: it stays frozen until as many have released it, and no client wants it frozen. */
void freeze_hold(void);
void freeze_release(void);
/* No client wants it frozen any more. */
void freeze_end(void);
#endif
