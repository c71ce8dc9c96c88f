/* The role `keeper`: makes one sandbox, holds it, and removes it (guest/PROTOCOL.md, "The keeper"). */
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "creator.h"
#include "disk.h"
#include "ending.h"
#include "fault.h"
#include "hand-over.h"
#include "hierarchies.h"
#include "keeper-snapshot.h"
#include "keeper-watch.h"
#include "launcher.h"
#include "listener.h"
#include "loop.h"
#include "own-attributes.h"
#include "path.h"
#include "payload-root.h"
#include "process-attributes.h"
#include "protocol.h"
#include "roles.h"
#include "root-place.h"
#include "scratch.h"
#include "spec.h"

enum { SETTLE_MS = 500 };

static struct timer settling;

/* So that it can be told from a later process with its pid: `pid starttime`. */
static bool write_down(void) {
    char stat[1024];
    file_get("/proc/self/stat", stat, sizeof stat);
    const char *at = strrchr(stat, ')'); /* field 2; the start time is field 22 */
    for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
    if (!at) return fault_set("INTERNAL", "/proc/self/stat is not readable");
    struct path text = path_of("%d %llu\n", (int)getpid(), strtoull(at, NULL, 10));
    /* From here on it can be found, and its starter's death is not its own. */
    return file_put(path_of("%s/keeper", spec.entry_dir).text, text.text) && prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0;
}

static void set_up_process(void) {
    sigset_t handled;
    process_signals_reset();
    sigemptyset(&handled);
    sigaddset(&handled, SIGCHLD);
    sigaddset(&handled, SIGTERM);
    sigaddset(&handled, SIGINT);
    sigprocmask(SIG_SETMASK, &handled, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    close_range(CREATOR_FD + 1, ~0u, 0);
    /* Whoever started it reads one stream. */
    dup2(STDOUT_FILENO, STDERR_FILENO);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

static void say(const char *line) {
    printf("%s\n", line);
    fflush(stdout);
}

/* The steps for a guest that has namespaces of its own. */
static bool meet_guest(void) {
    pid_t guest = launcher_wait_started();
    int pidfd = guest > 0 ? (int)syscall(SYS_pidfd_open, guest, 0) : -1;
    if (guest > 0 && pidfd < 0) fault_errno("finding the guest");
    bool met = pidfd >= 0 && proc_start(pidfd) && root_place_start(pidfd) && cgroup_view_start();
    if (pidfd >= 0) close(pidfd);
    return met;
}

/* The launcher takes longest: it is started as soon as there is a place for it, and the rest is made meanwhile. */
static bool make_sandbox(void) {
    if (!write_down() || (spec.creator && !creator_is(spec.creator)) || !scratch_start()) return false;
    if (!hierarchies_start() || !launcher_start() || !hierarchies_make()) return false;
    if (spec.is_nspawn) hierarchies_enter_aside();
    int listening_fd = listener_open();
    if (listening_fd < 0) return false;
    say("listening");
    if (!hand_over_config(listening_fd) || !disk_start() || !scratch_map()) return false;
    if (spec.is_nspawn && !meet_guest()) return false;
    int root = history_start();
    return root >= 0 && hand_over_root(root);
}

static int fail(void) {
    struct fault why = fault;
    bool expected = strcmp(why.code, "INTERNAL") != 0 && strcmp(why.code, "NOT_FOUND") != 0;
    if (launcher_pid > 0) kill(launcher_pid, SIGKILL);
    fault_clear();
    if (spec.entry_dir) ending_finish(NULL);
    printf("error %s %s\n", expected ? why.code : "START_FAILED", why.message);
    return 1;
}

/* Late, so that neither the first command nor a sandbox for just one waits for it. */
static void on_settled(void *context) {
    (void)context;
    hierarchies_enter();
}

static void leave_stdio(void) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) dup2(null, fd);
    close(null);
}

int keeper_main(void) {
    set_up_process();
    if (!spec_read() || !own_attributes_set() || !make_sandbox() || loop_init() < 0 || !keeper_watch()) return fail();
    say("ready");
    leave_stdio();
    payload_root_tidy(true);
    if (!spec.is_nspawn) timer_start(&settling, SETTLE_MS, on_settled, NULL);
    loop_run();
    struct ending ending = keeper_ending();
    return ending_finish(&ending) ? 0 : 1;
}
