/* The payload's writable places: volumes, filled from the image with its owners and modes. */
#ifndef SANDSTACK_OWN_FILES_H
#define SANDSTACK_OWN_FILES_H
/* As root, before anything of the payload runs: its home becomes its own, its temporary places everybody's; -1 with errno. */
int own_files(void);
#endif
