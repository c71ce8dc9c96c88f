/* With its first process a container's others are killed at once, bridges too: they get a moment to pass on what the
 * guest said last. */
#ifndef SANDSTACK_FAREWELL_H
#define SANDSTACK_FAREWELL_H
/* Ends every connection in order. Clients that do not end theirs are waited for, but not for long. */
void farewell(void);
#endif
