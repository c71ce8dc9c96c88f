/* The role `docker`: PID 1 of a container. There is no keeper: the container's environment says what the sandbox is, the
 * engine's log takes how it ended, and SIGTERM from outside (`docker stop`) is its end. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "attributes.h"
#include "command.h"
#include "connection.h"
#include "deadline.h"
#include "docker-verbs.h"
#include "end-record.h"
#include "farewell.h"
#include "guest.h"
#include "launch.h"
#include "message.h"
#include "own-files.h"
#include "payload-uid.h"
#include "privileges.h"
#include "process-attributes.h"
#include "processes.h"
#include "roles.h"
#include "seccomp.h"
#include "settings.h"
#include "stop-signal.h"
#include "way-in.h"

static int fail(const char *what) {
    fprintf(stderr, "sandstack-guest: %s: %s\n", what, strerror(errno));
    return 1;
}

/* What is left at its default PID 1 never gets from inside, and what is blocked it gets on a descriptor. */
static void set_up_signals(void) {
    sigset_t taken;
    process_signals_reset();
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&taken);
    sigaddset(&taken, SIGCHLD);
    sigaddset(&taken, SIGTERM);
    sigprocmask(SIG_SETMASK, &taken, NULL);
}

/* Something is in the place of the control socket, which a command's report takes over. */
static int set_up_descriptors(void) {
    close_range(CONTROL_FD, ~0u, 0);
    int fd = 0;
    while (fd >= 0 && fd < CONTROL_FD) fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    return fd == CONTROL_FD ? 0 : -1;
}

static int start(int listening_fd) {
    payload_use(&payload_by_uid);
    verbs_of_role(docker_verbs);
    end_tells(end_record_write);
    guest.root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (guest.root_fd < 0 || stdio_start() < 0 || processes_start() < 0) return fail("opening the root");
    if (privileges_drop() < 0) return fail("dropping privileges");
    if (seccomp_install(0, guest.namespaces) < 0) return fail("installing the system call filter");
    if (loop_init() < 0 || reap_start() < 0 || stop_signal_start() < 0 || payload_start() < 0) return fail("starting the loop");
    if (connections_start(listening_fd, way_in_admits) < 0) return fail("listening");
    deadline_arm();
    int code = loop_run();
    farewell();
    return code;
}

int docker_main(void) {
    if (getpid() != 1 || getuid() != 0) {
        fputs("sandstack-guest: the role docker is for the first process of a container, as root\n", stderr);
        return 1;
    }
    set_up_signals();
    if (set_up_descriptors() < 0) return fail("opening /dev/null");
    const char *wrong = settings_take();
    if (wrong) {
        fprintf(stderr, "sandstack-guest: the container's environment has no usable %s\n", wrong);
        return 1;
    }
    if (!attributes_take()) return 1;
    if (own_files() < 0) return fail("making the user's directories its own");
    int listening_fd = way_in_listen();
    if (listening_fd < 0) return fail("listening on /run/sandstack/s");
    return start(listening_fd);
}
