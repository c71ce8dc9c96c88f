#include "tree.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "end.h"
#include "freeze.h"
#include "payload.h"
#include "tag.h"

enum {
    ROUND_MS = 1,
    /* A tree that makes processes as fast as they are killed is held still, with all of the payload: for half a second at most. */
    STILL_FROM = 16,
    STILL_UNTIL = 500,
    /* A process that does not die waits in the kernel, where no signal reaches it. */
    SLOW_MS = 100,
    LAST_ROUND = 1100,
};

/* A tree that is being killed. */
struct sweep {
    uint64_t tag;
    unsigned round;
    bool holding;
    struct timer timer;
    struct sweep *next;
};

static struct sweep *sweeps;

/* One look at all of the payload. */
struct look {
    uint64_t tag;
    pid_t group; /* left out; 0: none is */
    int signal;
    size_t found, unsure;
};

/* If the tag is read after the descriptor was opened, it is that of the descriptor's process, or that one is gone and the
 * signal reaches nobody. What has gone in between may have left a child that was not seen. */
static void look_at(pid_t pid, void *context) {
    struct look *l = context;
    int handle = (int)syscall(SYS_pidfd_open, pid, 0);
    uint64_t tag = handle < 0 ? TAG_GONE : tag_of(pid);
    if (tag == TAG_GONE) l->unsure++;
    else if (tag == l->tag && (l->group == 0 || getpgid(pid) != l->group)) {
        l->found++;
        syscall(SYS_pidfd_send_signal, handle, l->signal, NULL, 0);
    }
    if (handle >= 0) close(handle);
}

void tree_signal(const struct command *c, int signal) {
    struct look l = {.tag = c->tag, .group = c->pid, .signal = signal};
    payload_each(look_at, &l);
}

static void hold(struct sweep *s, bool on) {
    if (s->holding == on) return;
    s->holding = on;
    if (on) freeze_hold();
    else freeze_release();
}

/* The command, if it is not forgotten, has waited for this. */
static void finish(struct sweep *s) {
    struct sweep **at = &sweeps;
    while (*at != s) at = &(*at)->next;
    *at = s->next;
    hold(s, false);
    struct command *c = commands;
    while (c && c->tag != s->tag) c = c->next;
    free(s);
    if (c && c->reaped && !c->ended) output_settle(c);
}

/* Whether something may be left. */
static bool kill_round(uint64_t tag) {
    struct look l = {.tag = tag, .signal = SIGKILL};
    payload_each(look_at, &l);
    return l.found > 0 || l.unsure > 0;
}

static void on_round(void *context) {
    struct sweep *s = context;
    if (!kill_round(s->tag) || s->round++ == LAST_ROUND) {
        finish(s);
        return;
    }
    /* At the sandbox's end everything has to run, to end by itself. */
    hold(s, s->round >= STILL_FROM && s->round < STILL_UNTIL && !end_has_begun());
    timer_start(&s->timer, s->round < STILL_UNTIL ? ROUND_MS : SLOW_MS, on_round, s);
}

bool tree_is_ending(const struct command *c) {
    for (struct sweep *s = sweeps; s; s = s->next)
        if (s->tag == c->tag) return true;
    return false;
}

void tree_end(const struct command *c) {
    if (tree_is_ending(c) || !kill_round(c->tag)) return;
    struct sweep *s = calloc(1, sizeof *s);
    if (!s) return;
    *s = (struct sweep){.tag = c->tag, .next = sweeps};
    sweeps = s;
    timer_start(&s->timer, ROUND_MS, on_round, s);
}
