/* FREEZE and THAW. */
#include <stdlib.h>
#include "freeze.h"
#include "payload.h"
#include "protocol.h"
#include "verbs.h"

static bool by_client;
static unsigned holds;

void freeze_hold(void) {
    holds++;
    payload_freeze(true);
}

static void thaw(void) {
    if (holds == 0 && !by_client) payload_freeze(false);
}

void freeze_release(void) {
    holds--;
    thaw();
}

void freeze_end(void) {
    by_client = false;
    thaw();
}

static void on_frozen(void *context) {
    struct stream *s = context;
    free(s->state);
    stream_end(s, NULL);
}

static void freeze_open(struct stream *s, const struct fields *f) {
    (void)f;
    struct payload_wait *w = calloc(1, sizeof *w);
    if (!w) {
        stream_error(s, "INTERNAL", "out of memory");
        return;
    }
    *w = (struct payload_wait){.state = PAYLOAD_FROZEN, .fn = on_frozen, .context = s};
    s->state = w;
    by_client = true;
    payload_freeze(true);
    payload_when(w);
}

static void freeze_closed(struct stream *s) {
    payload_forget(s->state);
    free(s->state);
}

static void thaw_open(struct stream *s, const struct fields *f) {
    (void)f;
    freeze_end();
    stream_end(s, NULL);
}

const struct verb verb_freeze = {.number = VERB_FREEZE, .open = freeze_open, .closed = freeze_closed};
const struct verb verb_thaw = {.number = VERB_THAW, .open = thaw_open};
