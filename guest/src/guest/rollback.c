/* ROLLBACK: the keeper makes the snapshot's root first, so that a rollback that it refuses leaves everything as it was.
 * Then every process of the payload is killed, its streams end, and the guest takes the new root. */
#include <stdlib.h>
#include "command.h"
#include "connection.h"
#include "control.h"
#include "freeze.h"
#include "guest.h"
#include "ipc.h"
#include "payload.h"
#include "root-swap.h"
#include "verbs.h"

static struct payload_wait empty;
static int old_root;

static void open_rollback(struct stream *s, const struct fields *f) {
    char *id = fields_text(f, TAG_ID);
    if (!id) {
        stream_error(s, "BAD_REQUEST", "ROLLBACK needs ID");
        return;
    }
    struct writer w = {0};
    writer_text(&w, TAG_ID, id);
    free(id);
    swap_begin(s);
    control_send(MESSAGE_ROLLBACK, &w);
}

static void end_file(struct stream *s, void *context) {
    if (s->verb->is_file) stream_abort(s, "ROLLED_BACK", context);
}

static void on_empty(void *context) {
    (void)context;
    freeze_end();
    ipc_remove_all();
    swap_end(&(struct fields){0}, NULL, old_root);
}

void rollback_answered(struct message *m) {
    old_root = swap_take_root(m);
    if (old_root < 0) {
        swap_end(&m->body, NULL, -1);
        return;
    }
    static char message[] = "the sandbox was rolled back";
    payload_kill();
    while (commands) command_abandon(commands, "ROLLED_BACK", message);
    streams_each(end_file, message);
    empty = (struct payload_wait){.state = PAYLOAD_EMPTY, .fn = on_empty};
    payload_when(&empty);
}

const struct verb verb_rollback = {.number = VERB_ROLLBACK, .open = open_rollback, .closed = swap_closed};
