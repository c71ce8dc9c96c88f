/* Whether the payload's cgroup is empty or frozen, and signals to all of its members. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "cgroup-files.h"
#include "cgroup.h"
#include "loop.h"
#include "payload.h"

enum { MAX_MEMBERS = 32768, MEMBERS_TEXT = MAX_MEMBERS * 12 };

static struct watch watch;

static bool state(const char *key) {
    char text[256], line[32];
    ssize_t length = pread(cgroup_events_fd, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = 0;
    snprintf(line, sizeof line, "%s 1", key);
    return strstr(text, line) != NULL;
}

bool cgroup_populated(void) {
    return state("populated");
}

bool cgroup_frozen(void) {
    return state("frozen");
}

static void on_change(void *context, uint32_t events) {
    (void)context;
    (void)events;
    /* Reading is what re-arms the poll: without it, where nobody waits, the loop would spin. */
    cgroup_populated();
    payload_changed();
}

int cgroup_start(void) {
    return watch_start(&watch, cgroup_events_fd, EPOLLPRI, on_change, NULL);
}

/* Pids of the payload, as the guest sees them; the count. */
static size_t members(pid_t *out) {
    static char text[MEMBERS_TEXT];
    size_t length = 0, count = 0;
    for (;;) {
        ssize_t got = pread(cgroup_members_fd, text + length, sizeof text - 1 - length, (off_t)length);
        if (got <= 0) break;
        length += (size_t)got;
    }
    text[length] = 0;
    for (char *at = text; *at && count < MAX_MEMBERS;) {
        out[count++] = (pid_t)strtol(at, &at, 10);
        if (*at == '\n') at++;
    }
    return count;
}

void cgroup_each(void (*fn)(pid_t pid, void *context), void *context) {
    static pid_t all[MAX_MEMBERS];
    size_t count = members(all);
    for (size_t i = 0; i < count; i++) fn(all[i], context);
}

static int by_number(const void *a, const void *b) {
    return *(const pid_t *)a - *(const pid_t *)b;
}

/* A pid that is a member after its pidfd was opened was one when it was opened, or is another process by now: then the
 * pidfd's process is gone, and the signal reaches nobody. */
void cgroup_signal(int signal) {
    static pid_t before[MAX_MEMBERS], after[MAX_MEMBERS];
    static int handles[MAX_MEMBERS];
    size_t count = members(before);
    for (size_t i = 0; i < count; i++) handles[i] = (int)syscall(SYS_pidfd_open, before[i], 0);
    size_t left = members(after);
    qsort(after, left, sizeof *after, by_number);
    for (size_t i = 0; i < count; i++) {
        if (handles[i] < 0) continue;
        if (bsearch(&before[i], after, left, sizeof *after, by_number))
            syscall(SYS_pidfd_send_signal, handles[i], signal, NULL, 0);
        close(handles[i]);
    }
}
