/* Which processes of the payload are stopped, and which of them were so before we stopped all. */
#ifndef SANDSTACK_STOPPED_H
#define SANDSTACK_STOPPED_H
#include <stdbool.h>

/* Remembers those that are stopped now. */
void stopped_remember(void);
/* Sends SIGCONT to all but the remembered ones; does nothing, and gives false, if there are none. */
bool stopped_resume(void);
/* Whether all are at rest. */
bool stopped_all(void);
#endif
