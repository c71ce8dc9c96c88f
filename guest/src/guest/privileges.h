/* Who the guest is, and who its children become. */
#ifndef SANDSTACK_PRIVILEGES_H
#define SANDSTACK_PRIVILEGES_H
#include "guest.h"

/* The guest: its own uid of the range, a few capabilities and no_new_privs for all its children; -1 with errno. */
int privileges_drop(void);
/* Whether a command may run as this account; the protocol's code if not. Where all users are one it becomes that one. */
const char *privileges_admit(struct account *account);
/* The guest without, or again with, the right to signal processes of others; -1 with errno. */
int privileges_may_kill(bool may);
/* In a child, after chroot: becomes the account for good; -1 with errno. */
int privileges_become(const struct account *account, const gid_t *groups, size_t group_count);
#endif
