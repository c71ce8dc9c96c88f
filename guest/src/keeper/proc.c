/* /proc of the sandbox's own pid namespace, mounted once in the scratch and copied into every root. What it shows of the
 * machine beyond processes is read-only, or hidden where it tells more than a payload needs. Each user sees his own processes
 * alone: what process 1 has mounted names paths of the machine. */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fault.h"
#include "mounts.h"
#include "path.h"
#include "payload-root.h"
#include "scratch.h"

static bool there;

static const char *const read_only[] = {"bus", "fs", "irq", "pressure", "sys", "sysrq-trigger"};
static const char *const hidden_files[] = {"kallsyms",  "kcore",       "keys",       "key-users", "kmsg",
                                           "timer_list", "sched_debug", "config.gz", "modules",   "iomem", "kpagecgroup"};
static const char *const hidden_directories[] = {"acpi", "scsi", "asound"};

#define EACH(list) size_t i = 0; i < sizeof(list) / sizeof *(list); i++

static bool cover(int proc, const char *name, int mount_fd) {
    return mount_fd >= 0 && mount_put_at(mount_fd, proc, name);
}

static bool is_there(int proc, const char *name) {
    return faccessat(proc, name, F_OK, 0) == 0;
}

static bool mask(int proc) {
    int empty = open("empty", O_CREAT | O_RDONLY | O_CLOEXEC, 0);
    if (empty < 0 || !scratch_directory("nothing")) return fault_errno("hiding parts of /proc");
    close(empty);
    for (EACH(read_only))
        if (is_there(proc, read_only[i]) && !cover(proc, read_only[i], mount_clone(proc, read_only[i], MOUNT_READ_ONLY, -1)))
            return false;
    for (EACH(hidden_files))
        if (is_there(proc, hidden_files[i]) &&
            !cover(proc, hidden_files[i], mount_clone(AT_FDCWD, "empty", MOUNT_READ_ONLY, -1)))
            return false;
    for (EACH(hidden_directories))
        if (is_there(proc, hidden_directories[i]) &&
            !cover(proc, hidden_directories[i], mount_clone(AT_FDCWD, "nothing", MOUNT_READ_ONLY, -1)))
            return false;
    return true;
}

/* The kernel counts what a user namespace takes for its maker too: of root's instances of inotify, which are 128 where nobody has
 * said otherwise, one sandbox could take all. These are for each user inside. */
static const struct {
    const char *file, *most;
} bounds[] = {
    {"proc/sys/user/max_inotify_instances", "32"},
    {"proc/sys/user/max_inotify_watches", "32768"},
};

/* A process that has joined a user namespace is told its own, and has every capability in it. */
static bool bound(int pidfd) {
    bool bounded = setns(pidfd, CLONE_NEWUSER) == 0;
    for (size_t i = 0; bounded && i < sizeof bounds / sizeof *bounds; i++) bounded = file_tell(bounds[i].file, bounds[i].most) == 0;
    return bounded;
}

/* Only a process of a pid namespace can mount its /proc: a child of one that has joined it. */
static _Noreturn void mount_from_within(int pidfd) {
    if (setns(pidfd, CLONE_NEWPID) < 0) _exit(1);
    pid_t child = fork();
    if (child == 0) _exit(mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=2") == 0 && bound(pidfd) ? 0 : 1);
    int status = 1;
    _exit(child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : 1);
}

bool proc_start(int pidfd) {
    int status = 1;
    if (!scratch_directory("proc")) return false;
    pid_t child = fork();
    if (child == 0) mount_from_within(pidfd);
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) return fault_set("INTERNAL", "mounting the sandbox's /proc failed");
    int proc = open("proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    there = proc >= 0 && mask(proc);
    if (proc >= 0) close(proc);
    return there || fault_errno("opening the sandbox's /proc");
}

bool proc_is_there(void) {
    return there;
}

bool proc_put(int directory) {
    int proc = mount_clone_all(AT_FDCWD, "proc");
    return mount_put(proc, directory);
}
