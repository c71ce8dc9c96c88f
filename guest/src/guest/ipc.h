/* System V objects of the sandbox's own IPC namespace. */
#ifndef SANDSTACK_IPC_H
#define SANDSTACK_IPC_H
/* Removes all of them; does nothing where the namespace is the machine's (chroot: the filter lets none be made). */
void ipc_remove_all(void);
#endif
