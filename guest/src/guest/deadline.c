#include "deadline.h"
#include "clock.h"
#include "end.h"
#include "guest.h"

static struct timer timer;

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

bool deadline_of_request(struct stream *s, const struct fields *f, uint64_t *out) {
    *out = fields_number(f, TAG_DEADLINE, UINT64_MAX);
    if (*out != UINT64_MAX) return true;
    stream_error(s, "BAD_REQUEST", "SET_DEADLINE needs DEADLINE");
    return false;
}

void deadline_set(uint64_t deadline_ms, struct stream *s) {
    guest.deadline_ms = deadline_ms;
    deadline_arm();
    if (!s) return;
    struct writer w = {0};
    writer_number(&w, TAG_DEADLINE, deadline_ms);
    stream_end(s, &w);
}
