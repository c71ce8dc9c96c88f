#include "stopped.h"
#include <signal.h>
#include <stdlib.h>
#include "loop.h"
#include "members.h"

/* Who waits for a child that it has made with vfork cannot stop before the child has called exec; which it cannot, being
 * stopped. Nothing tells this from a slow disk, but that it lasts. */
enum { LASTS_MS = 100 };

static pid_t *remembered;
static size_t count, room;
static uint64_t waiting_since; /* 0: nobody waits */

static bool remember(const struct member *m, void *context) {
    (void)context;
    if (!m->stopped) return true;
    if (count == room) {
        size_t more = room ? room * 2 : 16;
        pid_t *grown = realloc(remembered, more * sizeof *grown);
        if (!grown) return false;
        remembered = grown;
        room = more;
    }
    remembered[count++] = m->pid;
    return true;
}

void stopped_remember(void) {
    count = 0;
    members_each(remember, NULL);
}

static bool is_remembered(pid_t pid) {
    for (size_t i = 0; i < count; i++)
        if (remembered[i] == pid) return true;
    return false;
}

static bool resume(const struct member *m, void *context) {
    (void)context;
    if (m->stopped && !is_remembered(m->pid)) kill(m->pid, SIGCONT);
    return true;
}

bool stopped_resume(void) {
    if (count == 0) return false;
    members_each(resume, NULL);
    count = 0;
    return true;
}

static bool is_other(const struct member *m, void *context) {
    return !(m->stopped && m->parent == *(pid_t *)context);
}

static bool rests(const struct member *m, void *context) {
    bool *waits = context;
    pid_t pid = m->pid;
    enum member_rest rest = m->dead ? MEMBER_RESTS : member_rest(m);
    if (rest != MEMBER_WAITS) return rest == MEMBER_RESTS;
    *waits = true;
    return !members_each(is_other, &pid);
}

bool stopped_all(void) {
    bool waits = false, rest = members_each(rests, &waits);
    if (!rest || !waits) waiting_since = 0;
    else if (waiting_since == 0) waiting_since = loop_now_ms();
    return rest && (!waits || loop_now_ms() - waiting_since >= LASTS_MS);
}
