/* What the keeper is told at the end: how it was, and the task's kept output. */
#include "control.h"
#include "end.h"

static void send_kept_output(const struct command *task) {
    struct kept_reader reader = {0};
    int channel;
    const uint8_t *data;
    size_t length;
    while (kept_next(&task->kept, &reader, &channel, &data, &length)) {
        if (length > MESSAGE_BODY) length = MESSAGE_BODY;
        control_send_last(MESSAGE_TASK_OUTPUT, data, length);
        kept_advance(&reader, length);
    }
}

void control_send_last_words(const struct last_words *words) {
    struct writer w = {0};
    writer_number(&w, TAG_HOW, (uint64_t)words->how);
    if (words->task) {
        send_kept_output(words->task);
        writer_number(&w, TAG_FLAGS, ENDING_TASK);
        writer_number(&w, TAG_DROPPED, words->task->kept.dropped);
    }
    if (words->finished) {
        if (words->task->signal) writer_number(&w, TAG_SIGNAL, (uint64_t)words->task->signal);
        else writer_number(&w, TAG_EXIT_CODE, (uint64_t)words->task->code);
    }
    control_send_last(MESSAGE_ENDING, w.data, w.length);
    writer_free(&w);
}
