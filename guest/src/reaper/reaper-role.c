/* Every second it looks at the leases in its volume. An engine that it can't reach, or that is another than it was made
 * for, ends it: the engine's own restart of it mounts the socket that is there then. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "clock.h"
#include "reaper.h"
#include "roles.h"

#define LEASES "/leases"

enum {
    GRACE_MS = 3500, /* what a guest takes to end its sandbox in order, and a little */
    IDLE_S = 60,
    INFO = 65536,
};

static bool unreachable;

static bool end_overdue(const char *id, uint64_t deadline) {
    char path[128];
    if (clock_ms_since_1970() < deadline + GRACE_MS) return false;
    snprintf(path, sizeof path, "/containers/sandstack-%s/kill?signal=KILL", id);
    int status = engine_ask("POST", path, NULL, 0);
    unreachable = unreachable || status == 0;
    /* Done, not running any more, or gone. */
    return status == 204 || status == 409 || status == 404;
}

static bool is_own_engine(const char *id) {
    static char info[INFO];
    char wanted[256];
    if (engine_ask("GET", "/info", info, sizeof info) != 200) return false;
    snprintf(wanted, sizeof wanted, "\"ID\":\"%s\"", id);
    return strstr(info, wanted) != NULL;
}

/* An engine that stops waits for its containers, and what PID 1 leaves at its default never gets there. */
static void leave(int signal_number) {
    (void)signal_number;
    _exit(0);
}

/* With nothing to do it goes; who makes the next sandbox makes the next reaper. */
static void remove_itself(const char *name) {
    char path[128];
    snprintf(path, sizeof path, "/containers/%s?force=1", name);
    engine_ask("DELETE", path, NULL, 0);
}

int reaper_main(void) {
    const char *engine = getenv("SANDSTACK_ENGINE"), *name = getenv("SANDSTACK_REAPER");
    signal(SIGTERM, leave);
    if (!engine || !name) {
        fprintf(stderr, "SANDSTACK_ENGINE or SANDSTACK_REAPER is not set\n");
        return 2;
    }
    if (!is_own_engine(engine)) {
        fprintf(stderr, "the engine does not answer, or is another\n");
        sleep(1);
        return 1;
    }
    for (int idle = 0; !unreachable; sleep(1)) {
        int left = leases_each(LEASES, end_overdue);
        if (left < 0) {
            perror(LEASES);
            return 1;
        }
        idle = left == 0 ? idle + 1 : 0;
        if (idle > IDLE_S) remove_itself(name);
    }
    return 1;
}
