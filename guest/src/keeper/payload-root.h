/* The payload's root as one descriptor: its layers under an overlay, with a fresh /dev and /run, and /proc where the tier
 * has one. After payload_root_tidy nothing stays mounted in the keeper: the descriptor holds all of it. */
#ifndef SANDSTACK_PAYLOAD_ROOT_H
#define SANDSTACK_PAYLOAD_ROOT_H
#include <stdbool.h>

enum { MAX_LOWERS = 450 }; /* the kernel takes 500; their names must fit into one page */

/* Lower directories, top first; the layer that gets the writes. -1 with a fault. */
int payload_root(char *const *lowers, const char *upper_layer);
/* Takes away what the last root was put together from. Late, for each umount waits for the whole machine. */
void payload_root_tidy(void);

/* devices.c: a /dev of its own on the directory; false with a fault. */
bool devices_put(int directory);
/* proc.c: mounts the /proc of another process's pid namespace in the scratch; false with a fault. */
bool proc_start(int guest_pid);
/* Puts it on a directory, where there is one; closes the directory. */
bool proc_put(int directory);
bool proc_is_there(void);
/* shown.c: writes the files of the spec into the scratch, and puts them where the tree has a file of that name; false
 * with a fault. */
bool shown_write(void);
bool shown_put(int root);
#endif
