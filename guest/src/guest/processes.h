/* What /proc tells of processes, as the guest numbers them. */
#ifndef SANDSTACK_PROCESSES_H
#define SANDSTACK_PROCESSES_H
#include <stdbool.h>
#include <stddef.h>

enum { PROCESS_TEXT = 4096 };

/* A /proc that the keeper passed, for a guest whose own root has none. */
void processes_take(int fd);
/* Else the guest's own; -1 with errno. */
int processes_start(void);
/* Its descriptor. */
int processes_fd(void);
/* A file of it as text; false where it is not there, or empty. */
bool processes_read(const char *path, char text[PROCESS_TEXT]);
#endif
