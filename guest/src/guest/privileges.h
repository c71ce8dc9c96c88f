/* Who the guest is, and who its children become. */
#ifndef SANDSTACK_PRIVILEGES_H
#define SANDSTACK_PRIVILEGES_H
#include "guest.h"

/* The guest: its own uid of the range, a few capabilities, limits and no_new_privs for all its children; -1 with errno. */
int privileges_drop(void);
/* Whether a command may run as this account; the protocol's code if not. */
const char *privileges_refuse(const struct account *account);
/* In a child, after chroot: becomes the account for good; -1 with errno. */
int privileges_become(const struct account *account, const gid_t *groups, size_t group_count);
#endif
