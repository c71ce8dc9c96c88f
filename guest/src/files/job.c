#include "job.h"

enum { STEPS = 64 }; /* a turn */

static void run(void *context) {
    struct job *j = context;
    for (int i = 0; i < STEPS; i++) {
        enum job_next next = j->step(j->context);
        if (next == JOB_OVER) return;
        if (next == JOB_MORE) continue;
        j->waiting = true;
        return;
    }
    timer_start(&j->timer, 0, run, j);
}

void job_start(struct job *j, job_step step, void *context) {
    j->step = step;
    j->context = context;
    j->waiting = false;
    timer_start(&j->timer, 0, run, j);
}

void job_wake(struct job *j) {
    if (!j->waiting) return;
    j->waiting = false;
    timer_start(&j->timer, 0, run, j);
}

void job_stop(struct job *j) {
    timer_stop(&j->timer);
    j->waiting = false;
}
