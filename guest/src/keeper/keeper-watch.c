#include "keeper-watch.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "clock.h"
#include "creator.h"
#include "fault.h"
#include "keeper-snapshot.h"
#include "launcher.h"
#include "loop.h"
#include "message.h"
#include "path.h"
#include "protocol.h"
#include "spec.h"

enum {
    LATER_MS = 600,  /* after the guest, which takes its grace and a little */
    ORDERLY_MS = 900, /* for a guest that was asked to end */
};

static struct watch control_watch, signal_watch, creator_watch;
static struct timer deadline_timer, patience;
static struct ending ending = {.how = "lost"};
static bool told; /* the guest has said how it ended */
static uint64_t output_bytes;

struct ending keeper_ending(void) {
    return ending;
}

/* It is over, whatever still runs. */
static void stop(void) {
    if (launcher_pid > 0) kill(launcher_pid, SIGKILL);
    loop_stop(0);
}

static void on_patience_over(void *context) {
    (void)context;
    stop();
}

/* Asks the guest to end the payload in order, and does not wait long. */
static void end_in_order(void) {
    if (patience.active) return;
    ending.how = "killed";
    struct writer w = {0};
    writer_number(&w, TAG_HOW, HOW_KILLED);
    message_send(launcher_control, MESSAGE_ENDING, w.data, w.length, NULL, 0);
    writer_free(&w);
    timer_start(&patience, ORDERLY_MS, on_patience_over, NULL);
}

static void on_deadline(void *context) {
    (void)context;
    if (!told) ending.how = "timed out";
    stop();
}

static void arm_deadline(void) {
    uint64_t now = clock_ms_since_1970();
    timer_stop(&deadline_timer);
    if (spec.deadline_ms == 0) return;
    timer_start(&deadline_timer, (spec.deadline_ms > now ? spec.deadline_ms - now : 0) + LATER_MS, on_deadline, NULL);
}

/* The ledger has it first: gc keeps the deadline too. */
static void move_deadline(const struct message *m) {
    struct writer w = {0};
    uint64_t deadline = fields_number(&m->body, TAG_DEADLINE, spec.deadline_ms);
    fault_clear();
    struct path text = path_of("%llu\n", (unsigned long long)deadline);
    if (file_put(path_of("%s/deadline", spec.entry_dir).text, text.text)) spec.deadline_ms = deadline;
    arm_deadline();
    writer_number(&w, TAG_DEADLINE, spec.deadline_ms);
    message_send(launcher_control, MESSAGE_DEADLINE, w.data, w.length, NULL, 0);
    writer_free(&w);
}

static void keep_output(const struct message *m) {
    output_bytes += m->body.length;
    if (output_bytes > KEPT_OUTPUT) return;
    int fd = open(path_of("%s/output", spec.entry_dir).text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ssize_t written = fd < 0 ? -1 : write(fd, m->body.data, m->body.length);
    if (written < (ssize_t)m->body.length) ending.dropped += m->body.length;
    if (fd >= 0) close(fd);
}

static void take_ending(const struct message *m) {
    uint64_t lost = ending.dropped;
    ending = ending_of(&m->body);
    ending.dropped += lost;
    told = true;
}

static void on_message(void *context, uint32_t events) {
    static struct message m;
    (void)context;
    (void)events;
    int got = message_receive(launcher_control, &m);
    if (got == 0) stop();
    if (got != 1) return;
    if (m.number == MESSAGE_DEADLINE) move_deadline(&m);
    else if (m.number == MESSAGE_SNAPSHOT) snapshot_asked(&m);
    else if (m.number == MESSAGE_ROLLBACK) rollback_asked(&m);
    else if (m.number == MESSAGE_TASK_OUTPUT) keep_output(&m);
    else if (m.number == MESSAGE_ENDING) take_ending(&m);
    message_close(&m);
}

static void reap(void) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        copy_ended(pid, status);
        /* The guest's last words may still be in the socket: the end of that is what counts. */
        if (pid == launcher_pid) launcher_reaped();
    }
}

static void on_signal(void *context, uint32_t events) {
    (void)context;
    (void)events;
    struct signalfd_siginfo info;
    while (read(signal_watch.fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGCHLD) reap();
        else end_in_order();
    }
}

static void on_creator_gone(void *context, uint32_t events) {
    (void)context;
    (void)events;
    watch_stop(&creator_watch);
    end_in_order();
}

bool keeper_watch(void) {
    sigset_t handled;
    sigprocmask(SIG_SETMASK, NULL, &handled);
    int signals = signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
    bool watching = signals >= 0 && watch_start(&signal_watch, signals, EPOLLIN, on_signal, NULL) == 0 &&
                    watch_start(&control_watch, launcher_control, EPOLLIN, on_message, NULL) == 0 && launcher_mute() &&
                    (!spec.creator || watch_start(&creator_watch, CREATOR_FD, EPOLLIN, on_creator_gone, NULL) == 0);
    arm_deadline();
    return watching || fault_errno("watching the sandbox");
}
