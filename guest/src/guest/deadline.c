#include "deadline.h"
#include "clock.h"
#include "control.h"
#include "end.h"
#include "guest.h"
#include "verbs.h"

enum { MAX_WAITING = 64 };

static struct timer timer;
/* Streams whose deadline the keeper has yet to confirm, in order; NULL where the client has gone. */
static struct stream *waiting[MAX_WAITING];
static size_t waiting_count;

static void on_deadline(void *context) {
    (void)context;
    end_begin(HOW_TIMEOUT);
}

void deadline_arm(void) {
    timer_stop(&timer);
    if (guest.deadline_ms == 0) return;
    uint64_t now = clock_ms_since_1970();
    timer_start(&timer, guest.deadline_ms > now ? guest.deadline_ms - now : 0, on_deadline, NULL);
}

static void set_open(struct stream *s, const struct fields *f) {
    uint64_t deadline = fields_number(f, TAG_DEADLINE, UINT64_MAX);
    if (deadline == UINT64_MAX) {
        stream_error(s, "BAD_REQUEST", "SET_DEADLINE needs DEADLINE");
        return;
    }
    if (waiting_count == MAX_WAITING) {
        stream_error(s, "LIMIT", "%d changes of the deadline are under way", MAX_WAITING);
        return;
    }
    waiting[waiting_count++] = s;
    struct writer w = {0};
    writer_number(&w, TAG_DEADLINE, deadline);
    control_send(MESSAGE_DEADLINE, &w);
}

static void set_closed(struct stream *s) {
    for (size_t i = 0; i < waiting_count; i++)
        if (waiting[i] == s) waiting[i] = NULL;
}

void deadline_answered(struct message *m) {
    if (waiting_count == 0) return;
    struct stream *s = waiting[0];
    waiting_count--;
    for (size_t i = 0; i < waiting_count; i++) waiting[i] = waiting[i + 1];
    guest.deadline_ms = fields_number(&m->body, TAG_DEADLINE, guest.deadline_ms);
    deadline_arm();
    if (!s) return;
    struct writer w = {0};
    writer_number(&w, TAG_DEADLINE, guest.deadline_ms);
    stream_end(s, &w);
}

const struct verb verb_set_deadline = {.number = VERB_SET_DEADLINE, .open = set_open, .closed = set_closed};
