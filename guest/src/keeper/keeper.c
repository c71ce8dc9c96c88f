/* The role `keeper`: makes one sandbox, holds it, and removes it (guest/PROTOCOL.md, "The keeper"). */
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "disk.h"
#include "ending.h"
#include "fault.h"
#include "hierarchies.h"
#include "keeper-snapshot.h"
#include "keeper-watch.h"
#include "launcher.h"
#include "listener.h"
#include "loop.h"
#include "path.h"
#include "payload-root.h"
#include "protocol.h"
#include "roles.h"
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
    return file_put(path_of("%s/keeper", spec.entry_dir).text, text.text);
}

static void set_up_process(void) {
    sigset_t handled;
    sigemptyset(&handled);
    sigaddset(&handled, SIGCHLD);
    sigaddset(&handled, SIGTERM);
    sigaddset(&handled, SIGINT);
    sigprocmask(SIG_SETMASK, &handled, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    close_range(STDERR_FILENO + 1, ~0u, 0);
    umask(022);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

static void write_config(struct writer *w) {
    writer_text(w, TAG_ID, spec.id);
    writer_text(w, TAG_TIER, spec.tier);
    writer_text(w, TAG_USER, spec.user);
    if (!spec.is_nspawn) writer_number(w, TAG_UID_BASE, spec.uid_base);
    writer_number(w, TAG_DEADLINE, spec.deadline_ms);
    writer_number(w, TAG_STARTED, spec.started_ms);
    writer_number(w, TAG_MEM_LIMIT, spec.memory);
    writer_number(w, TAG_PIDS_LIMIT, spec.processes);
    writer_number(w, TAG_DISK_LIMIT, spec.disk);
    writer_number(w, TAG_CPUS, spec.cpus);
}

/* Gives the guest its socket, its root and its cgroups, and waits until it has taken them. */
static bool hand_over(int listening_fd, int root) {
    static struct message answer;
    int descriptors[MESSAGE_DESCRIPTORS] = {listening_fd, root};
    size_t count = 2;
    struct writer w = {0};
    write_config(&w);
    bool sent = hierarchies_open(&w, descriptors, &count) && !w.failed &&
                (message_send(launcher_control, MESSAGE_CONFIG, w.data, w.length, descriptors, count) == 0 ||
                 fault_errno("telling the guest"));
    for (size_t i = 0; i < count; i++) close(descriptors[i]);
    writer_free(&w);
    if (!sent || !launcher_wait_readable()) return false;
    bool ready = message_receive(launcher_control, &answer) == 1 && answer.number == MESSAGE_READY;
    message_close(&answer);
    return ready || launcher_wait_end();
}

static bool make_sandbox(void) {
    if (!write_down() || !watch_creator_early() || !hierarchies_make() || !scratch_start()) return false;
    int listening_fd = listener_open();
    if (listening_fd < 0) return false;
    /* nspawn takes longest: the rest is made meanwhile. */
    if (!launcher_start()) return false;
    if (spec.is_nspawn) hierarchies_enter_aside();
    if (!disk_start() || !scratch_map()) return false;
    pid_t guest = launcher_wait_started();
    if (guest == 0 || (spec.is_nspawn && !proc_start(guest))) return false;
    int root = history_start();
    return root >= 0 && hand_over(listening_fd, root);
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
    if (!spec_read() || !make_sandbox() || loop_init() < 0 || !keeper_watch()) return fail();
    printf("ready\n");
    fflush(stdout);
    leave_stdio();
    if (!spec.is_nspawn) timer_start(&settling, SETTLE_MS, on_settled, NULL);
    loop_run();
    struct ending ending = keeper_ending();
    return ending_finish(&ending) ? 0 : 1;
}
