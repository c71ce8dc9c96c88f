#include "end.h"
#include <signal.h>
#include "connection.h"
#include "payload.h"

enum { LAST_MS = 40 }; /* for commands to be reaped once they are killed, and their ends to be sent */

static bool begun;
static int end_how;
static struct command *finished_task;
static struct timer timer;
static struct payload_wait empty;
static void (*tell)(const struct last_words *words);

void end_tells(void (*fn)(const struct last_words *words)) {
    tell = fn;
}

bool end_has_begun(void) {
    return begun;
}

static struct command *find_task(void) {
    for (struct command *c = commands; c; c = c->next)
        if (c->task) return c;
    return NULL;
}

static void end(void *context) {
    (void)context;
    const struct command *task = find_task();
    tell(&(struct last_words){.how = end_how, .task = task, .finished = task && task == finished_task});
    connections_flush();
    loop_stop(0);
}

static void on_empty(void *context) {
    (void)context;
    timer_start(&timer, commands_running() ? LAST_MS : 0, end, NULL);
}

static void on_grace_over(void *context) {
    (void)context;
    payload_kill();
    timer_start(&timer, LAST_MS, end, NULL);
}

static void begin(int how) {
    begun = true;
    end_how = how;
    for (struct command *c = commands; c; c = c->next)
        if (c->how == HOW_ITSELF && !c->reaped) c->how = HOW_SANDBOX_END;
    payload_freeze(false);
    payload_signal(SIGTERM);
    timer_start(&timer, GRACE_MS, on_grace_over, NULL);
    empty = (struct payload_wait){.state = PAYLOAD_EMPTY, .fn = on_empty};
    payload_when(&empty);
}

void end_begin(int how) {
    if (!begun) begin(how);
}

void end_of_task(struct command *task) {
    if (begun) return;
    finished_task = task;
    begin(task->how);
}
