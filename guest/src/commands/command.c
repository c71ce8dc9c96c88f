#include "command.h"
#include <stdlib.h>
#include <unistd.h>

struct command *commands;

struct command *command_find(uint64_t pid) {
    struct command *kept = NULL;
    for (struct command *c = commands; c; c = c->next) {
        if ((uint64_t)c->pid != pid) continue;
        if (!c->ended) return c;
        kept = c;
    }
    return kept;
}

struct command *command_of_request(struct stream *s, const struct fields *f, bool running) {
    uint64_t pid = fields_number(f, TAG_PID, 0);
    struct command *c = command_find(pid);
    if (c && !(running && c->reaped)) return c;
    stream_error(s, "NO_SUCH_COMMAND", "no command %llu", (unsigned long long)pid);
    return NULL;
}

bool commands_running(void) {
    for (struct command *c = commands; c; c = c->next)
        if (!c->ended) return true;
    return false;
}

void command_abandon(struct command *c, const char *code, const char *message) {
    while (c->attachments) {
        struct stream *s = c->attachments->stream;
        attachment_remove(c->attachments);
        stream_error(s, code, "%s", message);
    }
    command_free(c);
}

void command_free(struct command *c) {
    struct command **at = &commands;
    while (*at != c) at = &(*at)->next;
    *at = c->next;
    while (c->attachments) attachment_remove(c->attachments);
    timer_stop(&c->timeout);
    timer_stop(&c->grace);
    timer_stop(&c->settle);
    timer_stop(&c->forget);
    watch_stop(&c->report_watch);
    if (c->report_fd >= 0) close(c->report_fd);
    sources_close(c);
    input_close(c);
    kept_free(&c->kept);
    free(c->text);
    free(c->cwd);
    free(c->user);
    free(c);
}
