#include "scratch.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fault.h"
#include "path.h"
#include "spec.h"

enum { RANGE = 65536 };

int scratch_map_fd = -1;

static struct path place(void) {
    return path_of("%s/mnt", spec.entry_dir);
}

bool scratch_start(void) {
    struct path mnt = place();
    if (unshare(CLONE_NEWNS) < 0) return fault_errno("making a mount namespace");
    /* Not private: what the machine unmounts must go here too. */
    if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) return fault_errno("leaving the machine's mounts");
    if (mkdir(mnt.text, 0700) < 0 && errno != EEXIST) return fault_errno("making %s", mnt.text);
    if (mount("tmpfs", mnt.text, "tmpfs", MS_NOSUID | MS_NODEV, "mode=711,size=4m") < 0)
        return fault_errno("mounting on %s", mnt.text);
    if (mount(NULL, mnt.text, NULL, MS_PRIVATE, NULL) < 0) return fault_errno("mounting on %s", mnt.text);
    return chdir(mnt.text) == 0 || fault_errno("entering %s", mnt.text);
}

void scratch_remove(void) {
    struct path mnt = place();
    if (chdir("/") == 0) umount2(mnt.text, MNT_DETACH);
    rmdir(mnt.text);
}

bool scratch_directory(const char *name) {
    return mkdir(name, 0755) == 0 || errno == EEXIST || fault_errno("making %s", name);
}

static bool write_map(pid_t child, const char *file) {
    struct path path = path_of("/proc/%d/%s", (int)child, file);
    struct path line = path_of("0 %u %d", spec.uid_base, RANGE);
    return file_tell(path.text, line.text) == 0 || fault_errno("mapping user ids");
}

/* Not longer than the keeper lives, whose output it holds open: who started it waits for the end of that. */
static _Noreturn void wait_for_death(pid_t keeper) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    while (getppid() == keeper) pause();
    _exit(0);
}

/* A namespace needs a process to be born in; an open descriptor keeps it. */
bool scratch_map(void) {
    pid_t keeper = getpid(), child = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) wait_for_death(keeper);
    if (child < 0) return fault_errno("making a user namespace");
    bool mapped = write_map(child, "uid_map") && write_map(child, "gid_map");
    if (mapped) scratch_map_fd = open(path_of("/proc/%d/ns/user", (int)child).text, O_RDONLY | O_CLOEXEC);
    /* It is reaped with the launcher, at the latest with the sandbox: nobody needs to wait for its end. */
    kill(child, SIGKILL);
    return scratch_map_fd >= 0 || fault_errno("opening a user namespace");
}

/* Leaving uid 0 takes capabilities over files away from what is in effect, not from what is permitted. */
static void raise_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) < 0) return;
    for (int i = 0; i < 2; i++) data[i].effective = data[i].permitted;
    syscall(SYS_capset, &header, data);
}

void scratch_become_sandbox(void) {
    setfsgid(spec.uid_base);
    setfsuid(spec.uid_base);
    raise_capabilities();
}

void scratch_become_root(void) {
    setfsuid(0);
    setfsgid(0);
}
