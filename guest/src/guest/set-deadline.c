/* SET_DEADLINE where a keeper has the deadline too: it is set once the keeper has answered. */
#include "control.h"
#include "deadline.h"
#include "guest.h"
#include "protocol.h"
#include "verbs.h"

enum { MAX_WAITING = 64 };

/* Streams whose deadline the keeper has yet to confirm, in order; NULL where the client has gone. */
static struct stream *waiting[MAX_WAITING];
static size_t waiting_count;

static void set_open(struct stream *s, const struct fields *f) {
    uint64_t deadline;
    if (!deadline_of_request(s, f, &deadline)) return;
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
    deadline_set(fields_number(&m->body, TAG_DEADLINE, guest.deadline_ms), s);
}

const struct verb verb_set_deadline = {
    .number = VERB_SET_DEADLINE, .at_once = true, .open = set_open, .closed = set_closed};
