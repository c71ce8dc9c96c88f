/* While something happens to the sandbox as a whole (a snapshot, a rollback), requests that would see it half done wait,
 * each with what is sent on its stream; everything else goes on. */
#ifndef SANDSTACK_HOLD_H
#define SANDSTACK_HOLD_H
#include "stream.h"

void hold_begin(void);
/* Those that waited are opened, in the order in which they came. */
void hold_end(void);
/* Whether a request of this verb has to wait now. */
bool hold_takes(const struct verb *verb);
/* Lets it wait. */
void hold_stream(struct stream *s, const struct fields *f);
#endif
