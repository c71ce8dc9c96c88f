/* Whether a client has frozen the payload. */
#ifndef SANDSTACK_FREEZE_H
#define SANDSTACK_FREEZE_H
#include <stdbool.h>
bool freeze_is_on(void);
void freeze_end(void);
#endif
