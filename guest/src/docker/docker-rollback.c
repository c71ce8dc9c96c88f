/* ROLLBACK where somebody outside puts the files back: ends all that runs and all that is at work on files, and holds the
 * requests that come, until THAW says that the files are there. */
#include "docker-verbs.h"
#include "command.h"
#include "freeze.h"
#include "hold.h"
#include "in-memory.h"
#include "ipc.h"
#include "payload.h"

static struct stream *asker; /* NULL if its client has gone */
static struct payload_wait empty;

static void end_file(struct stream *s, void *context) {
    if (s->verb->is_file) stream_abort(s, "ROLLED_BACK", context);
}

static void on_empty(void *context) {
    (void)context;
    freeze_end();
    ipc_remove_all();
    in_memory_remove_all();
    if (asker) stream_end(asker, NULL);
    asker = NULL;
}

static void open_rollback(struct stream *s, const struct fields *f) {
    (void)f;
    static char message[] = "the sandbox was rolled back";
    asker = s;
    hold_begin();
    payload_kill();
    while (commands) command_abandon(commands, "ROLLED_BACK", message);
    streams_each(end_file, message);
    empty = (struct payload_wait){.state = PAYLOAD_EMPTY, .fn = on_empty};
    payload_when(&empty);
}

static void closed(struct stream *s) {
    (void)s;
    asker = NULL;
}

const struct verb docker_rollback = {.number = VERB_ROLLBACK, .open = open_rollback, .closed = closed};
