/* SET_ENV, SET_LIMITS: what a sandbox's owner may change while it lives. */
#include "launch.h"
#include "verbs.h"

static void env_open(struct stream *s, const struct fields *f) {
    char **given = fields_texts(f, TAG_ENV);
    if (!given || !environment_well_formed(given)) {
        texts_free(given);
        stream_error(s, "BAD_REQUEST", "ENV is not NAME=value");
        return;
    }
    environment_set(given);
    stream_end(s, NULL);
}

static void limits_open(struct stream *s, const struct fields *f) {
    guest.memory = fields_number(f, TAG_MEM_LIMIT, guest.memory);
    guest.processes = fields_number(f, TAG_PIDS_LIMIT, guest.processes);
    guest.cpus = fields_number(f, TAG_CPUS, guest.cpus);
    stream_end(s, NULL);
}

const struct verb verb_set_env = {.number = VERB_SET_ENV, .open = env_open};
const struct verb verb_set_limits = {.number = VERB_SET_LIMITS, .open = limits_open};
