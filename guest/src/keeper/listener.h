/* The sandbox's socket on this machine. */
#ifndef SANDSTACK_LISTENER_H
#define SANDSTACK_LISTENER_H
/* Listens there, for root and the sandbox's group; -1 with a fault. */
int listener_open(void);
/* Removes its path, also when the folder is out of sight by now. */
void listener_remove(void);
#endif
