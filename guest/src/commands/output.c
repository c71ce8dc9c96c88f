/* From a command's pipes to its attachments. A source is read only when everybody attached has taken what came before:
 * so a reader that stops reading stops the command, and nothing is buffered twice. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "command.h"
#include "tree.h"

enum {
    SILENCE_MS = 50,   /* how long descriptors that children still hold delay the end, … */
    LATE_MS = 1000,    /* … however much they write */
};

static uint8_t buffer[MAX_PAYLOAD];

/* How much may be read now. */
static size_t room(const struct command *c, int channel) {
    size_t least = sizeof buffer;
    for (struct attachment *a = c->attachments; a; a = a->next) {
        if (a->muted) continue;
        size_t credit = stream_credit(a->stream, channel);
        if (credit < least) least = credit;
    }
    return least;
}

/* Whether an attachment has yet to be sent what is kept: then nothing is read, whatever the credit. */
static bool behind(const struct command *c) {
    for (struct attachment *a = c->attachments; a; a = a->next) {
        int channel;
        const uint8_t *data;
        size_t length;
        if (!a->muted && kept_next(&c->kept, &a->reader, &channel, &data, &length)) return true;
    }
    return false;
}

static void deliver(struct command *c, int channel, size_t length) {
    if (command_is_background(c)) kept_append(&c->kept, channel, buffer, length);
    for (struct attachment *a = c->attachments, *next; a; a = next) {
        next = a->next;
        if (command_is_background(c)) attachment_deliver(a);
        else if (!a->muted) stream_data(a->stream, channel, buffer, length);
    }
}

static void close_source(struct source *source) {
    watch_stop(&source->watch);
    if (source->fd >= 0) close(source->fd);
    source->fd = -1;
    source->owed = 0;
}

void sources_close(struct command *c) {
    close_source(&c->sources[0]);
    close_source(&c->sources[1]);
}

enum took { TOOK_BYTES, TOOK_NOTHING, TOOK_END, TOOK_BLOCKED };

/* Reads a source once. */
static enum took take(struct command *c, int channel) {
    struct source *source = &c->sources[channel - CHANNEL_OUT];
    size_t limit = behind(c) ? 0 : room(c, channel);
    if (limit == 0) {
        watch_stop(&source->watch); /* not only its events: a hang-up would be reported again and again */
        return TOOK_BLOCKED;
    }
    ssize_t length = read(source->fd, buffer, limit);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return TOOK_NOTHING;
    if (length <= 0) { /* a pty's master gives EIO when its last slave is closed */
        close_source(source);
        return TOOK_END;
    }
    source->owed -= (int)(length < source->owed ? length : source->owed);
    deliver(c, channel, (size_t)length);
    return TOOK_BYTES;
}

static void on_output(struct command *c, int channel) {
    if (c->reaped) output_settle(c);
    else take(c, channel);
}

static void on_out(void *context, uint32_t events) {
    (void)events;
    on_output(context, CHANNEL_OUT);
}

static void on_err(void *context, uint32_t events) {
    (void)events;
    on_output(context, CHANNEL_ERR);
}

int source_start(struct command *c, int channel) {
    struct source *source = &c->sources[channel - CHANNEL_OUT];
    return watch_start(&source->watch, source->fd, EPOLLIN, channel == CHANNEL_OUT ? on_out : on_err, c);
}

void sources_resume(struct command *c) {
    if (c->ended || c->report_fd >= 0) return;
    for (int channel = CHANNEL_OUT; channel <= CHANNEL_ERR; channel++) {
        struct source *source = &c->sources[channel - CHANNEL_OUT];
        if (source->fd >= 0 && !source->watch.active) source_start(c, channel);
    }
    if (c->reaped) output_settle(c);
}

static void on_silence(void *context) {
    struct command *c = context;
    c->late = true;
    output_settle(c);
}

/* Reads what was in the pipe when the first process ended, and once more: its end, if nobody else holds it. Never until
 * it is empty: a child left behind may write without an end. */
static void drain(struct command *c, int channel) {
    struct source *source = &c->sources[channel - CHANNEL_OUT];
    enum took took = source->fd < 0 ? TOOK_END : take(c, channel);
    while (took == TOOK_BYTES && source->owed > 0) took = take(c, channel);
    if (took == TOOK_BYTES) take(c, channel);
}

void output_settle(struct command *c) {
    drain(c, CHANNEL_OUT);
    drain(c, CHANNEL_ERR);
    bool owes = c->sources[0].owed > 0 || c->sources[1].owed > 0;
    bool open = c->sources[0].fd >= 0 || c->sources[1].fd >= 0;
    uint64_t age = loop_now_ms() - c->reaped_ms, left = age < LATE_MS ? LATE_MS - age : 0;
    if (!open || (c->late && !owes)) {
        /* Whoever is told of the end of what was ended finds nothing of it any more. */
        if (left && tree_is_ending(c)) timer_start(&c->settle, left, on_silence, c);
        else command_end(c);
        return;
    }
    if (!c->late) timer_start(&c->settle, left < SILENCE_MS ? left : SILENCE_MS, on_silence, c);
}
