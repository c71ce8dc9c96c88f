/* Signals to commands: the verb KILL, and TERM → grace → KILL for those that the guest ends itself. */
#include <signal.h>
#include "command.h"
#include "tree.h"
#include "verbs.h"

void command_signal(struct command *c, int signal) {
    if (c->reaped) return; /* its pid may be another's by now */
    /* Until the child has called setsid there is no such group. */
    if (kill(-c->pid, signal) < 0) kill(c->pid, signal);
}

static void on_grace_over(void *context) {
    command_signal(context, SIGKILL);
    tree_end(context);
}

void command_terminate(struct command *c, int how) {
    if (c->reaped) return;
    if (c->how == HOW_ITSELF) c->how = how;
    command_signal(c, SIGTERM);
    tree_signal(c, SIGTERM);
    timer_start(&c->grace, GRACE_MS, on_grace_over, c);
}

static void kill_open(struct stream *s, const struct fields *f) {
    struct command *c = command_of_request(s, f, true);
    if (!c) return;
    uint64_t signal = fields_number(f, TAG_SIGNAL, SIGKILL);
    if (signal == 0 || signal > (uint64_t)SIGRTMAX) {
        stream_error(s, "BAD_REQUEST", "no signal %llu", (unsigned long long)signal);
        return;
    }
    c->kill_signal = (int)signal;
    command_signal(c, (int)signal);
    if (signal == SIGKILL) tree_end(c);
    else tree_signal(c, (int)signal);
    stream_end(s, NULL);
}

const struct verb verb_kill = {.number = VERB_KILL, .open = kill_open};
