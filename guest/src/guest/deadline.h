/* The guest's own deadline, on a clock that counts while the machine sleeps. A keeper keeps a second one. */
#ifndef SANDSTACK_DEADLINE_H
#define SANDSTACK_DEADLINE_H
#include "stream.h"

/* Arms guest.deadline_ms. */
void deadline_arm(void);
/* The DEADLINE of a request; false, and the stream is ended, if it has none. */
bool deadline_of_request(struct stream *s, const struct fields *f, uint64_t *out);
/* From now on it is this one. Ends the stream that asked for it, if it is still there. */
void deadline_set(uint64_t deadline_ms, struct stream *s);
#endif
