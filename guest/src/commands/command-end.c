/* From the death of a command's first process to the END of its streams. */
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include "command.h"
#include "end.h"
#include "payload.h"
#include "tree.h"

enum { REMEMBERED_MS = 60000, REMEMBERED = 64 };

static int how_it_ended(const struct command *c) {
    if (c->how != HOW_ITSELF) return c->how;
    if (c->signal && c->signal == c->kill_signal) return HOW_KILLED;
    if (c->signal == SIGKILL && payload_oom_kills() > c->oom_kills) return HOW_OUT_OF_MEMORY;
    return HOW_ITSELF;
}

void command_reaped(struct command *c, int status) {
    if (c->report_fd >= 0 && !spawn_report(c)) return;
    c->reaped = true;
    c->reaped_ms = loop_now_ms();
    timer_stop(&c->timeout);
    timer_stop(&c->grace);
    if (WIFSIGNALED(status)) c->signal = WTERMSIG(status);
    else c->code = WEXITSTATUS(status);
    /* At the sandbox's end all of the payload is ended at once. */
    if (c->how == HOW_TIMEOUT || c->how == HOW_CLIENT_GONE) tree_end(c);
    c->how = how_it_ended(c);
    for (int i = 0; i < 2; i++)
        if (c->sources[i].fd >= 0) ioctl(c->sources[i].fd, FIONREAD, &c->sources[i].owed);
    output_settle(c);
}

void command_describe_end(const struct command *c, struct writer *w) {
    if (c->signal) writer_number(w, TAG_SIGNAL, (uint64_t)c->signal);
    else writer_number(w, TAG_EXIT_CODE, (uint64_t)c->code);
    writer_number(w, TAG_HOW, (uint64_t)c->how);
}

static void on_forget(void *context) {
    struct command *c = context;
    if (c->attachments) timer_start(&c->forget, REMEMBERED_MS, on_forget, c);
    else command_free(c);
}

/* Keeps an ended background command for ATTACH; too many at once push out the oldest. */
static void remember(struct command *c) {
    struct command *oldest = NULL;
    int count = 0;
    for (struct command *other = commands; other; other = other->next) {
        if (!other->forget.active || other->attachments) continue;
        count++;
        oldest = other; /* the list starts with the latest */
    }
    if (count >= REMEMBERED) command_free(oldest);
    timer_start(&c->forget, REMEMBERED_MS, on_forget, c);
}

void command_end(struct command *c) {
    c->ended = true;
    timer_stop(&c->settle);
    sources_close(c);
    input_close(c);
    for (struct attachment *a = c->attachments, *next; a; a = next) {
        next = a->next;
        attachment_deliver(a);
    }
    if (c->task) end_of_task(c);
    else if (command_is_background(c)) remember(c);
    else command_free(c);
}
