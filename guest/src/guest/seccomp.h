/* The system call filter of guest and payload alike. The guest needs nothing that it denies, so it is installed once and
 * inherited: a command pays next to nothing for it. What the guest may and the payload may not (chroot) is a matter of
 * capabilities. */
#ifndef SANDSTACK_SECCOMP_H
#define SANDSTACK_SECCOMP_H
#include <stdbool.h>
#include <stdint.h>

/* guest_uid: no process may become it; 0: none could anyway, and the guest changes its own. namespaces: process ids and
 * IPC objects are the sandbox's own. -1 with errno. */
int seccomp_install(uint32_t guest_uid, bool namespaces);
/* In a command, last: takes clone3, which the guest forks by, away. Its flags lie in memory, where a filter cannot look;
 * C libraries fall back to clone. -1 with errno. */
int seccomp_seal(void);
#endif
