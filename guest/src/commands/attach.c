#include <stdlib.h>
#include "command.h"
#include "verbs.h"

struct attachment *attachment_add(struct command *c, struct stream *s, bool muted) {
    struct attachment *a = calloc(1, sizeof *a);
    if (!a) return NULL;
    *a = (struct attachment){.command = c, .stream = s, .muted = muted, .next = c->attachments};
    c->attachments = a;
    s->state = a;
    return a;
}

void attachment_remove(struct attachment *a) {
    struct attachment **at = &a->command->attachments;
    while (*at != a) at = &(*at)->next;
    *at = a->next;
    input_forget(a->command, a->stream);
    free(a);
}

static void end(struct attachment *a) {
    struct stream *s = a->stream;
    struct command *c = a->command;
    struct writer w = {0};
    command_describe_end(c, &w);
    attachment_remove(a);
    stream_end(s, &w);
}

bool attachment_deliver(struct attachment *a) {
    struct command *c = a->command;
    int channel;
    const uint8_t *data;
    size_t length;
    while (!a->muted && kept_next(&c->kept, &a->reader, &channel, &data, &length)) {
        size_t credit = stream_credit(a->stream, channel);
        if (credit == 0) return true;
        if (length > credit) length = credit;
        if (length > MAX_PAYLOAD) length = MAX_PAYLOAD;
        stream_data(a->stream, channel, data, length);
        kept_advance(&a->reader, length);
    }
    if (!c->ended) return true;
    end(a);
    return false;
}

void attachment_closed(struct stream *s) {
    struct command *c = ((struct attachment *)s->state)->command;
    attachment_remove(s->state);
    /* Its slowness holds up nobody any more. */
    sources_resume(c);
}

void attachment_credit(struct stream *s, int channel) {
    (void)channel;
    struct attachment *a = s->state;
    struct command *c = a->command;
    if (attachment_deliver(a)) sources_resume(c);
}

static void attach_open(struct stream *s, const struct fields *f) {
    struct command *c = command_of_request(s, f, false);
    if (!c) return;
    struct attachment *a = attachment_add(c, s, false);
    if (!a) {
        stream_error(s, "INTERNAL", "out of memory");
        return;
    }
    struct writer w = {0};
    writer_number(&w, TAG_PID, (uint64_t)c->pid);
    writer_number(&w, TAG_DROPPED, c->kept.dropped);
    stream_reply(s, &w);
    attachment_deliver(a);
}

const struct verb verb_attach = {
    .number = VERB_ATTACH, .open = attach_open, .credit = attachment_credit, .closed = attachment_closed};
