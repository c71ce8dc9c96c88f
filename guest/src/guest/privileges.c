#include "privileges.h"
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "cgroup-namespace.h"
#include "process-limits.h"

#define CAP(name) (1u << CAP_##name)

enum {
    GUEST_CAPABILITIES = CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FOWNER) | CAP(FSETID) | CAP(KILL) | CAP(SETGID) | CAP(SETUID),
    /* What apt, pip and useradd need of root, all of it powerless outside the user namespace: 0xdb. */
    ROOT_CAPABILITIES = CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FOWNER) | CAP(FSETID) | CAP(SETGID) | CAP(SETUID),
    RANGE = 65536,
};

static int set_capabilities(uint32_t effective, uint32_t permitted, uint32_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {.effective = effective, .permitted = permitted, .inheritable = inheritable}};
    return (int)syscall(SYS_capset, &header, data);
}

/* To change its root is only for a guest that is not in it already. */
static uint32_t own_capabilities(void) {
    return guest.own_root ? GUEST_CAPABILITIES : GUEST_CAPABILITIES | CAP(SYS_CHROOT);
}

int privileges_may_kill(bool may) {
    uint32_t all = own_capabilities();
    return set_capabilities(may ? all : all & ~CAP(KILL), all, 0);
}

/* Of the bounding set, what a root payload may have is left: nothing on a tier without one. */
static int limit_bounding_set(void) {
    uint32_t kept = guest.root_allowed ? ROOT_CAPABILITIES : 0;
    for (int capability = 0; capability < 64; capability++) {
        if (capability < 32 && kept & 1u << capability) continue;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) return errno == EINVAL ? 0 : -1; /* past the last one */
    }
    return 0;
}

/* The process limit is the pids cgroup's; this second line lies a little above it, so that a command can still be
 * started in a sandbox that a fork bomb has filled. Where all users are one it is the first line: the guest is in the
 * payload's cgroup there, whose limit leaves room for it. Each command's own, for SET_LIMITS may raise it later. */
static int limit_processes(void) {
    struct rlimit limit;
    rlim_t processes = process_limit_of(guest.processes, guest.only_uid != 0);
    if (processes == 0) return 0;
    if (getrlimit(RLIMIT_NPROC, &limit) < 0) return -1;
    if (limit.rlim_max > processes) limit.rlim_max = processes;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NPROC, &limit);
}

/* An engine does so for its containers; where there is no /proc nothing is named. */
static int name_cgroups(void) {
    if (guest.own_root || !guest.namespaces) return 0;
    uint32_t all = own_capabilities() | CAP(SYS_ADMIN);
    return set_capabilities(all, all, 0) < 0 ? -1 : cgroup_namespace_enter();
}

int privileges_drop(void) {
    uid_t id = guest.uid_base + GUEST_UID;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || limit_bounding_set() < 0) return -1;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 || prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) return -1;
    if (setgroups(0, NULL) < 0 || setresgid(id, id, id) < 0 || setresuid(id, id, id) < 0) return -1;
    if (name_cgroups() < 0 || privileges_may_kill(true) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) return -1;
    /* Changing ids clears it. With a pid namespace the guest's death ends all; without, a guest that its payload's
     * owner had stopped must wake up, see that the keeper is gone, and end the payload itself. */
    return prctl(PR_SET_PDEATHSIG, guest.root_allowed ? SIGKILL : SIGCONT, 0, 0, 0);
}

const char *privileges_admit(struct account *account) {
    if (account->uid == guest.uid_base + GUEST_UID) return "USER_REFUSED";
    if (account->uid == guest.uid_base && !guest.root_allowed) return "USER_REFUSED";
    uint32_t uid = account->uid - guest.uid_base, gid = account->gid - guest.uid_base;
    if (guest.only_uid) account->uid = account->gid = guest.only_uid;
    else if (uid >= RANGE || gid >= RANGE) return "USER_REFUSED";
    return NULL;
}

int privileges_become(const struct account *account, const gid_t *groups, size_t group_count) {
    uint32_t capabilities = account->uid == 0 ? ROOT_CAPABILITIES : 0;
    if (limit_processes() < 0) return -1;
    if (setgroups(group_count, groups) < 0 || setresgid(account->gid, account->gid, account->gid) < 0) return -1;
    if (setresuid(account->uid, account->uid, account->uid) < 0) return -1;
    return set_capabilities(capabilities, capabilities, capabilities);
}
