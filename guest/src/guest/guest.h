/* What the guest knows of its sandbox, from the keeper's CONFIG or its environment; one per process. */
#ifndef SANDSTACK_GUEST_H
#define SANDSTACK_GUEST_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "ids.h"

struct guest {
    char *id, *tier, *user;
    char *home;            /* of the default user; NULL: what passwd says */
    char *cwd;             /* where commands start that say nothing; NULL: in their home */
    uint32_t uid_base;     /* added to ids on the tier without a user namespace (chroot), else 0 */
    bool root_allowed;     /* payload may be uid 0 (nspawn) */
    uid_t only_uid;        /* every user of the payload has this uid and gid (docker); 0: each has its own */
    bool own_root;         /* root_fd is the guest's own root: nobody has to enter it (docker) */
    bool namespaces;       /* process ids and IPC objects are the sandbox's own (nspawn, docker) */
    int root_fd;           /* the payload's root; swapped by snapshot and rollback */
    uint64_t deadline_ms;  /* since 1970 */
    uint64_t started_ms;
    uint64_t memory, processes, disk, cpus; /* limits; 0 is none */
};
extern struct guest guest;

struct account {
    uid_t uid;
    gid_t gid;
    char name[64];
    char home[256];
};
/* A user of the sandbox by name or number; from the payload's own /etc/passwd. 0, or the protocol's error code. */
const char *account_find(const char *name_or_number, struct account *out);
/* What such a code, or privileges_admit's, says to a person. */
const char *account_reason(const char *code);
/* Name of an id for listings; false if it has none. */
bool account_user_name(uid_t uid, char *out, size_t room);
bool account_group_name(gid_t gid, char *out, size_t room);

/* Opens a path of the payload below its root: RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS, O_CLOEXEC; -1 with errno. */
int root_open(const char *path, int flags, mode_t mode);
/* Opens the directory that holds a path's last part and points *last at it; -1 with errno. `path` is absolute and not "/". */
int root_open_parent(const char *path, char *last, size_t room);
#endif
