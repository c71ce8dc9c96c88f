/* The role `guest`: PID 1 of a sandbox, or its first process. */
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cgroup.h"
#include "command.h"
#include "config.h"
#include "attributes.h"
#include "connection.h"
#include "control.h"
#include "deadline.h"
#include "end.h"
#include "guest.h"
#include "launch.h"
#include "payload.h"
#include "privileges.h"
#include "process-attributes.h"
#include "processes.h"
#include "roles.h"
#include "seccomp.h"
#include "verbs.h"

/* The guest acts on no signal: SIGCHLD is only a wake-up on a descriptor, and what is left at its default PID 1 never
 * gets from inside. SIGPIPE is ignored where the guest is not PID 1 too. */
static void set_up_signals(void) {
    sigset_t child;
    process_signals_reset();
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_SETMASK, &child, NULL);
}

/* Whatever the launcher left open ends here; what it left closed of stdio is /dev/null, so that no other descriptor
 * can take the place of a command's. */
static void set_up_descriptors(void) {
    fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC);
    for (int fd = 0; fd >= 0 && fd < CONTROL_FD;) fd = open("/dev/null", O_RDWR);
    close_range(CONTROL_FD + 1, ~0u, 0);
}

static int fail(const char *what) {
    perror(what);
    return 1;
}

static const struct verb *const verbs[] = {&verb_set_deadline, &verb_snapshot, &verb_rollback, &verb_thaw, NULL};

/* The root comes last, for it takes longest to make: what does not need it is done meanwhile. */
int guest_main(void) {
    static struct message message;
    set_up_signals();
    set_up_descriptors();
    message_send(CONTROL_FD, MESSAGE_STARTED, NULL, 0, NULL, 0);
    if (!control_wait_for(MESSAGE_CONFIG, &message)) return fail("waiting for the keeper's configuration");
    int listening_fd = config_take(&message);
    if (listening_fd < 0) return fail("the keeper's configuration is not complete");
    payload_use(&payload_by_cgroup);
    verbs_of_role(verbs);
    end_tells(control_send_last_words);
    if (!attributes_take()) return 1;
    if (stdio_start() < 0 || processes_start() < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) return fail("starting");
    if (privileges_drop() < 0) return fail("dropping privileges");
    if (seccomp_install(guest.uid_base + GUEST_UID, guest.namespaces) < 0) return fail("installing the system call filter");
    if (loop_init() < 0 || reap_start() < 0 || payload_start() < 0) return fail("starting the loop");
    if (!control_wait_for(MESSAGE_ROOT, &message) || !config_take_root(&message))
        return fail("waiting for the sandbox's root");
    if (control_start() < 0 || connections_start(listening_fd, NULL) < 0) return fail("listening");
    deadline_arm();
    control_send(MESSAGE_READY, NULL);
    return loop_run();
}
