/* The verb COMMANDS. */
#include "command.h"
#include "verbs.h"

static void describe(struct writer *w, const struct command *c) {
    struct writer entry = {0};
    writer_number(&entry, TAG_PID, (uint64_t)c->pid);
    writer_text(&entry, TAG_COMMAND, c->text);
    writer_text(&entry, TAG_CWD, c->cwd);
    writer_text(&entry, TAG_USER, c->user);
    writer_number(&entry, TAG_STARTED, c->started_ms);
    writer_number(&entry, TAG_TTY, c->flags & SPAWN_FLAG_PTY ? 1 : 0);
    writer_number(&entry, TAG_FLAGS, c->flags);
    w->failed = entry.failed;
    if (!entry.failed) writer_bytes(w, TAG_ENTRY, entry.data, entry.length);
    writer_free(&entry);
}

static void commands_open(struct stream *s, const struct fields *f) {
    (void)f;
    for (struct command *c = commands; c; c = c->next) {
        if (c->ended || c->report_fd >= 0) continue;
        struct writer w = {0};
        describe(&w, c);
        if (w.failed) writer_free(&w);
        else stream_event(s, &w);
    }
    stream_end(s, NULL);
}

const struct verb verb_commands = {.number = VERB_COMMANDS, .at_once = true, .open = commands_open};
