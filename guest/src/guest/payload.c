#include "payload.h"
#include <stddef.h>
#include "loop.h"

static const struct payload_way *way;
static struct payload_wait *waits;
static struct timer look;

void payload_use(const struct payload_way *chosen) {
    way = chosen;
}

int payload_start(void) {
    return way->start();
}

pid_t payload_fork(void) {
    return way->fork();
}

int payload_join(void) {
    return way->join();
}

void payload_kill(void) {
    way->kill();
}

void payload_signal(int signal) {
    way->signal(signal);
}

void payload_each(void (*fn)(pid_t pid, void *context), void *context) {
    way->each(fn, context);
}

void payload_freeze(bool frozen) {
    way->freeze(frozen);
}

bool payload_populated(void) {
    return way->populated();
}

bool payload_memory(uint64_t *bytes) {
    return way->memory(bytes);
}

bool payload_cpu(uint64_t *ns) {
    return way->cpu(ns);
}

bool payload_pids(uint64_t *count) {
    return way->pids(count);
}

uint64_t payload_oom_kills(void) {
    return way->oom_kills();
}

static bool is_so(const struct payload_wait *w) {
    return w->state == PAYLOAD_FROZEN ? way->frozen() : !way->populated();
}

static void on_look(void *context) {
    (void)context;
    payload_changed();
}

static void look_again(void) {
    if (waits && way->look_ms) timer_start(&look, way->look_ms, on_look, NULL);
}

void payload_changed(void) {
    /* A function may add and forget waits, so each round starts anew. */
    for (struct payload_wait *w = waits; w;) {
        if (!is_so(w)) {
            w = w->next;
            continue;
        }
        payload_forget(w);
        w->fn(w->context);
        w = waits;
    }
    look_again();
}

void payload_when(struct payload_wait *w) {
    if (is_so(w)) {
        w->fn(w->context);
        return;
    }
    w->next = waits;
    waits = w;
    look_again();
}

void payload_forget(struct payload_wait *w) {
    for (struct payload_wait **at = &waits; *at; at = &(*at)->next) {
        if (*at != w) continue;
        *at = w->next;
        return;
    }
}
