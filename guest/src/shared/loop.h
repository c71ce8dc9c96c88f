/* One epoll loop and one timerfd (CLOCK_BOOTTIME: a suspended laptop's time counts) for a whole role. */
#ifndef SANDSTACK_LOOP_H
#define SANDSTACK_LOOP_H
#include <stdbool.h>
#include <stdint.h>

typedef void (*watch_fn)(void *context, uint32_t events);
typedef void (*timer_fn)(void *context);

/* Embedded in its owner; zeroed before first use. The owner closes the descriptor. */
struct watch {
    int fd;
    uint32_t events;
    watch_fn fn;
    void *context;
    bool active;
};

struct timer {
    uint64_t at_ms; /* CLOCK_BOOTTIME */
    timer_fn fn;
    void *context;
    struct timer *next;
    bool active;
};

int loop_init(void);
int watch_start(struct watch *w, int fd, uint32_t events, watch_fn fn, void *context);
int watch_events(struct watch *w, uint32_t events);
/* Safe inside any callback: no event of the running batch reaches a stopped watch. */
void watch_stop(struct watch *w);
void timer_start(struct timer *t, uint64_t delay_ms, timer_fn fn, void *context);
void timer_stop(struct timer *t);
uint64_t loop_now_ms(void);
/* One function that runs after each batch of events: what can wait, so that many small writes become one. */
void loop_after_batch(void (*fn)(void));
/* Runs until loop_stop; gives its code. */
int loop_run(void);
void loop_stop(int code);
#endif
