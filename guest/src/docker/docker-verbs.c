#include "docker-verbs.h"
#include "deadline.h"
#include "freeze.h"
#include "hold.h"
#include "protocol.h"

static void set_deadline_open(struct stream *s, const struct fields *f) {
    uint64_t deadline;
    if (deadline_of_request(s, f, &deadline)) deadline_set(deadline, s);
}

static void snapshot_open(struct stream *s, const struct fields *f) {
    (void)f;
    stream_error(s, "UNSUPPORTED", "a container's guest takes no snapshot: FREEZE, copy its volumes, THAW");
}

/* Of a freeze, and of what a rollback holds. */
static void thaw_open(struct stream *s, const struct fields *f) {
    (void)f;
    freeze_end();
    stream_end(s, NULL);
    hold_end();
}

static const struct verb set_deadline = {.number = VERB_SET_DEADLINE, .at_once = true, .open = set_deadline_open};
static const struct verb snapshot = {.number = VERB_SNAPSHOT, .at_once = true, .open = snapshot_open};
static const struct verb thaw = {.number = VERB_THAW, .at_once = true, .open = thaw_open};

const struct verb *const docker_verbs[] = {&set_deadline, &snapshot, &docker_rollback, &thaw, NULL};
