/* nspawn, tuned: it compiles no system call filter (80 % of its start), because the guest installs its own before anything
 * of the payload runs. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fault.h"
#include "launcher.h"
#include "path.h"
#include "spec.h"

/* All that nspawn grants and the guest does not need. One by one: `all` with exceptions leaves nothing (v252).
 * SYS_ADMIN it needs for a namespace of its own, and gives up before anything of the payload runs. */
static const char drop[] =
    "--drop-capability=CAP_AUDIT_CONTROL,CAP_AUDIT_WRITE,CAP_DAC_READ_SEARCH,CAP_IPC_OWNER,CAP_LEASE,CAP_LINUX_IMMUTABLE,"
    "CAP_MKNOD,CAP_NET_ADMIN,CAP_NET_BIND_SERVICE,CAP_NET_BROADCAST,CAP_NET_RAW,CAP_SETFCAP,CAP_SYS_BOOT,"
    "CAP_SYS_NICE,CAP_SYS_PTRACE,CAP_SYS_RESOURCE,CAP_SYS_TTY_CONFIG";

static bool make(const char *path) {
    return mkdir(path, 0755) == 0 || errno == EEXIST || fault_errno("making %s", path);
}

static bool hide(const char *path) {
    return mount("sandstack", path, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m") == 0 || fault_errno("mounting on %s", path);
}

/* nspawn leaves files behind below /run/systemd, and on a hybrid machine cgroups in version 1's named hierarchy, whatever
 * it is told: in this namespace both places are file systems of their own. A machine without systemd gets the first,
 * empty: over the whole of /run it would hide the sandbox's socket. */
static bool hide_traces(void) {
    static const char named[] = "/sys/fs/cgroup/systemd";
    if (access(named, F_OK) == 0 && !hide(named)) return false;
    return make("/run/systemd") && hide("/run/systemd") && make("/run/systemd/nspawn") && make("/run/systemd/nspawn/propagate");
}

/* Else it sets those that Linux gives to its first process: fewer open files than ours, which the guest may not raise. */
static const struct {
    const char *name;
    int resource;
} limits[] = {
    {"AS", RLIMIT_AS},           {"CORE", RLIMIT_CORE},         {"CPU", RLIMIT_CPU},       {"DATA", RLIMIT_DATA},
    {"FSIZE", RLIMIT_FSIZE},     {"LOCKS", RLIMIT_LOCKS},       {"MEMLOCK", RLIMIT_MEMLOCK}, {"MSGQUEUE", RLIMIT_MSGQUEUE},
    {"NICE", RLIMIT_NICE},       {"NOFILE", RLIMIT_NOFILE},     {"NPROC", RLIMIT_NPROC},   {"RSS", RLIMIT_RSS},
    {"RTPRIO", RLIMIT_RTPRIO},   {"RTTIME", RLIMIT_RTTIME},     {"SIGPENDING", RLIMIT_SIGPENDING}, {"STACK", RLIMIT_STACK},
};
enum { LIMITS = sizeof limits / sizeof *limits, LIMIT_ROOM = 72, MOST_ARGUMENTS = 64 };

static const char *word(rlim_t value, char out[24]) {
    if (value == RLIM_INFINITY) return "infinity";
    snprintf(out, 24, "%llu", (unsigned long long)value);
    return out;
}

/* Options that keep the limits of this process. */
static void add_limits(const char **end) {
    static char texts[LIMITS][LIMIT_ROOM];
    for (size_t i = 0; i < LIMITS; i++) {
        struct rlimit now;
        char soft[24], hard[24];
        if (getrlimit(limits[i].resource, &now) < 0) continue;
        snprintf(texts[i], LIMIT_ROOM, "--rlimit=%s=%s:%s", limits[i].name, word(now.rlim_cur, soft), word(now.rlim_max, hard));
        *end++ = texts[i];
    }
}

void launch_nspawn(void) {
    if (!hide_traces()) return;
    struct path directory = path_of("--directory=%s", spec.guest_root), machine = path_of("--machine=%s", spec.id);
    struct path users = path_of("--private-users=%u:65536", spec.uid_base), listener = path_of("LISTEN_PID=%d", (int)getpid());
    const char *argv[MOST_ARGUMENTS] = {
        "systemd-nspawn",   "--quiet",         directory.text,
        machine.text,       users.text,        "--private-users-ownership=off",
        "--read-only",      "--keep-unit",     "--register=no",
        "--settings=no",    "--console=pipe",  "--private-network",
        "--timezone=off",   "--resolv-conf=off", "--link-journal=no",
        "--no-new-privileges=yes", "--hostname=sandbox", drop,
    };
    const char **end = argv;
    while (*end) end++;
    add_limits(end);
    while (*end) end++;
    *end++ = "--", *end++ = "/sandstack-guest", *end++ = "guest";
    const char *const environment[] = {
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        "SYSTEMD_SECCOMP=0",
        "SYSTEMD_NSPAWN_LOCK=0",
        "SYSTEMD_NSPAWN_TMPFS_TMP=0",
        "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1", /* else it mounts the named hierarchy anew, and uses that */
        "LISTEN_FDS=1",
        listener.text,
        NULL,
    };
    execve(spec.nspawn, (char *const *)argv, (char *const *)environment);
    fault_errno("starting %s", spec.nspawn);
}
