#include "loop.h"
#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64 };

static int epoll_fd = -1;
static int timer_fd = -1;
static struct watch timer_watch;
static struct timer *timers; /* by time */
static struct epoll_event batch[BATCH];
static int batch_length, batch_next;
static void (*after_batch)(void);
static bool stopped;
static int exit_code;

uint64_t loop_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void arm(void) {
    struct itimerspec when = {0};
    if (timers) {
        /* A zero value would disarm. */
        uint64_t at = timers->at_ms ? timers->at_ms : 1;
        when.it_value.tv_sec = (time_t)(at / 1000);
        when.it_value.tv_nsec = (long)(at % 1000) * 1000000;
    }
    timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void expire(void *context, uint32_t events) {
    (void)context;
    (void)events;
    uint64_t count;
    if (read(timer_fd, &count, sizeof count) < 0 && errno != EAGAIN) return;
    uint64_t now = loop_now_ms();
    while (timers && timers->at_ms <= now) {
        struct timer *t = timers;
        timers = t->next;
        t->active = false;
        t->fn(t->context);
    }
    arm();
}

int loop_init(void) {
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (epoll_fd < 0 || timer_fd < 0) return -1;
    return watch_start(&timer_watch, timer_fd, EPOLLIN, expire, NULL);
}

int watch_start(struct watch *w, int fd, uint32_t events, watch_fn fn, void *context) {
    *w = (struct watch){.fd = fd, .events = events, .fn = fn, .context = context};
    struct epoll_event event = {.events = events, .data.ptr = w};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) return -1;
    w->active = true;
    return 0;
}

int watch_events(struct watch *w, uint32_t events) {
    if (w->events == events) return 0;
    struct epoll_event event = {.events = events, .data.ptr = w};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_MOD, w->fd, &event) < 0) return -1;
    w->events = events;
    return 0;
}

void watch_stop(struct watch *w) {
    if (!w->active) return;
    w->active = false;
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, w->fd, NULL);
    for (int i = batch_next; i < batch_length; i++)
        if (batch[i].data.ptr == w) batch[i].data.ptr = NULL;
}

void timer_start(struct timer *t, uint64_t delay_ms, timer_fn fn, void *context) {
    timer_stop(t);
    uint64_t now = loop_now_ms();
    *t = (struct timer){
        .at_ms = delay_ms > UINT64_MAX / 2 ? UINT64_MAX / 2 : now + delay_ms, .fn = fn, .context = context, .active = true};
    struct timer **at = &timers;
    while (*at && (*at)->at_ms <= t->at_ms) at = &(*at)->next;
    t->next = *at;
    *at = t;
    if (timers == t) arm();
}

void timer_stop(struct timer *t) {
    if (!t->active) return;
    t->active = false;
    struct timer **at = &timers;
    while (*at != t) at = &(*at)->next;
    *at = t->next;
}

void loop_after_batch(void (*fn)(void)) {
    after_batch = fn;
}

int loop_run(void) {
    stopped = false;
    while (!stopped) {
        batch_length = epoll_wait(epoll_fd, batch, BATCH, -1);
        if (batch_length < 0 && errno != EINTR) return -1;
        for (batch_next = 0; batch_next < batch_length && !stopped;) {
            struct epoll_event event = batch[batch_next++];
            struct watch *w = event.data.ptr;
            if (w) w->fn(w->context, event.events);
        }
        batch_length = 0;
        if (after_batch) after_batch();
    }
    return exit_code;
}

void loop_stop(int code) {
    stopped = true;
    exit_code = code;
}
