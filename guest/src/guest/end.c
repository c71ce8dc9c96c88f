#include "end.h"
#include <signal.h>
#include "connection.h"
#include "control.h"
#include "payload.h"

enum { LAST_MS = 40 }; /* for commands to be reaped once they are killed, and their ends to be sent */

static bool begun;
static int end_how;
static struct command *finished_task;
static struct timer timer;
static struct payload_wait empty;

bool end_has_begun(void) {
    return begun;
}

static struct command *find_task(void) {
    for (struct command *c = commands; c; c = c->next)
        if (c->task) return c;
    return NULL;
}

static void send_kept_output(const struct command *task) {
    struct kept_reader reader = {0};
    int channel;
    const uint8_t *data;
    size_t length;
    while (kept_next(&task->kept, &reader, &channel, &data, &length)) {
        if (length > MESSAGE_BODY) length = MESSAGE_BODY;
        control_send_last(MESSAGE_TASK_OUTPUT, data, length);
        kept_advance(&reader, length);
    }
}

/* Nothing of the payload runs any more: tells the keeper how it was, and stops. */
static void last_words(void *context) {
    (void)context;
    struct command *task = find_task();
    struct writer w = {0};
    writer_number(&w, TAG_HOW, (uint64_t)end_how);
    if (task) {
        send_kept_output(task);
        writer_number(&w, TAG_FLAGS, ENDING_TASK);
        writer_number(&w, TAG_DROPPED, task->kept.dropped);
    }
    if (task && task == finished_task) {
        if (task->signal) writer_number(&w, TAG_SIGNAL, (uint64_t)task->signal);
        else writer_number(&w, TAG_EXIT_CODE, (uint64_t)task->code);
    }
    control_send_last(MESSAGE_ENDING, w.data, w.length);
    writer_free(&w);
    connections_flush();
    loop_stop(0);
}

static void on_empty(void *context) {
    (void)context;
    timer_start(&timer, commands_running() ? LAST_MS : 0, last_words, NULL);
}

static void on_grace_over(void *context) {
    (void)context;
    payload_kill();
    timer_start(&timer, LAST_MS, last_words, NULL);
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
