/* Work of unknown length, done in small pieces, so that it never holds up others. */
#ifndef SANDSTACK_JOB_H
#define SANDSTACK_JOB_H
#include "loop.h"

enum job_next {
    JOB_MORE, /* call again soon */
    JOB_WAIT, /* not before job_wake */
    JOB_OVER, /* the job's memory may be gone */
};
typedef enum job_next (*job_step)(void *context);

/* Embedded in its owner, zeroed before first use. */
struct job {
    struct timer timer;
    job_step step;
    void *context;
    bool waiting;
};

/* The first step is taken by the loop, not here. */
void job_start(struct job *j, job_step step, void *context);
void job_wake(struct job *j);
void job_stop(struct job *j);
#endif
