/* The payload's root as one descriptor: its layers under an overlay, with a fresh /dev and /run, and /proc and cgroups where
 * the tier has them. After payload_root_tidy nothing of it stays mounted in the keeper. */
#ifndef SANDSTACK_PAYLOAD_ROOT_H
#define SANDSTACK_PAYLOAD_ROOT_H
#include <stdbool.h>

enum { MAX_LOWERS = 450 }; /* the kernel takes 500; their names must fit into one page */

/* Lower directories, top first; the layer that gets the writes. -1 with a fault. */
int payload_root(char *const *lowers, const char *upper_layer);
/* Takes away what the last root was put together from, and the root before it, or where the guest has not taken the last
 * one that. Late, for each umount waits for the whole machine. */
void payload_root_tidy(bool taken);

/* devices.c: a /dev of its own on the directory; false with a fault. */
bool devices_put(int directory);
/* proc.c: mounts the /proc of another process's pid namespace (a pidfd) in the scratch; false with a fault. */
bool proc_start(int pidfd);
/* Puts it on a directory, where there is one; closes the directory. */
bool proc_put(int directory);
bool proc_is_there(void);
/* cgroup-view.c: makes a /sys in the scratch; false with a fault. */
bool cgroup_view_start(void);
/* The same as proc_put. */
bool cgroup_view_put(int directory);
bool cgroup_view_is_there(void);
/* shown.c: writes the files of the spec into the scratch, and puts them where the tree has a file of that name; false
 * with a fault. */
bool shown_write(void);
bool shown_put(int root);
#endif
