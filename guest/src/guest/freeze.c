/* FREEZE and THAW. */
#include <stdlib.h>
#include "freeze.h"
#include "cgroup.h"
#include "protocol.h"
#include "verbs.h"

static bool frozen; /* by a client */

bool freeze_is_on(void) {
    return frozen;
}

void freeze_end(void) {
    frozen = false;
    cgroup_freeze(false);
}

static void on_frozen(void *context) {
    struct stream *s = context;
    free(s->state);
    stream_end(s, NULL);
}

static void freeze_open(struct stream *s, const struct fields *f) {
    (void)f;
    struct cgroup_wait *w = calloc(1, sizeof *w);
    if (!w) {
        stream_error(s, "INTERNAL", "out of memory");
        return;
    }
    *w = (struct cgroup_wait){.key = "frozen", .value = true, .fn = on_frozen, .context = s};
    s->state = w;
    frozen = true;
    cgroup_freeze(true);
    cgroup_when(w);
}

static void freeze_closed(struct stream *s) {
    cgroup_forget(s->state);
    free(s->state);
}

static void thaw_open(struct stream *s, const struct fields *f) {
    (void)f;
    freeze_end();
    stream_end(s, NULL);
}

const struct verb verb_freeze = {.number = VERB_FREEZE, .open = freeze_open, .closed = freeze_closed};
const struct verb verb_thaw = {.number = VERB_THAW, .open = thaw_open};
