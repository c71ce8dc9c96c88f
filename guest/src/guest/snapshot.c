/* SNAPSHOT: with nothing at work on the root, the keeper puts a new layer on top and the guest swaps its root; else the
 * payload is frozen while the keeper copies. */
#include <stdlib.h>
#include "command.h"
#include "control.h"
#include "freeze.h"
#include "payload.h"
#include "root-swap.h"
#include "verbs.h"

static struct writer request;
static struct payload_wait frozen;
static bool copying;

static void look_for_file(struct stream *s, void *context) {
    if (!s->verb || !s->verb->is_file) return;
    if (!s->verb->at_rest || !s->verb->at_rest(s)) *(bool *)context = true;
}

static void move(struct stream *s, void *context) {
    (void)context;
    if (s->verb && s->verb->move) s->verb->move(s);
}

static bool at_work(void) {
    bool files = false;
    streams_each(look_for_file, &files);
    return files || commands_running() || payload_populated();
}

static void ask_keeper(void *context) {
    (void)context;
    control_send(MESSAGE_SNAPSHOT, &request);
}

static void open_snapshot(struct stream *s, const struct fields *f) {
    char *id = fields_text(f, TAG_ID), *description = fields_text(f, TAG_DESCRIPTION);
    if (!id) {
        free(description);
        stream_error(s, "BAD_REQUEST", "SNAPSHOT needs ID");
        return;
    }
    copying = at_work();
    request = (struct writer){0};
    writer_text(&request, TAG_ID, id);
    if (description) writer_text(&request, TAG_DESCRIPTION, description);
    writer_number(&request, TAG_FLAGS, (fields_number(f, TAG_FLAGS, 0) & SNAPSHOT_FLAG_KEEP) | (copying ? SNAPSHOT_COPY : 0));
    free(id);
    free(description);
    swap_begin(s);
    if (!copying) {
        ask_keeper(NULL);
        return;
    }
    freeze_hold();
    frozen = (struct payload_wait){.state = PAYLOAD_FROZEN, .fn = ask_keeper};
    payload_when(&frozen);
}

void snapshot_answered(struct message *m) {
    int old = swap_take_root(m);
    if (old >= 0) streams_each(move, NULL);
    if (copying) freeze_release();
    char *id = fields_text(&m->body, TAG_ID);
    struct writer w = {0};
    if (id) writer_text(&w, TAG_ID, id);
    free(id);
    swap_end(&m->body, &w, old);
}

const struct verb verb_snapshot = {.number = VERB_SNAPSHOT, .open = open_snapshot, .closed = swap_closed};
