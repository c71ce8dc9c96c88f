/* One line of JSON, and the task's kept output in base64, for the engine's log keeps text alone. */
#include "end-record.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base64.h"
#include "how.h"

enum {
    PATIENCE_MS = 2000, /* for an engine that does not read: the sandbox ends without it */
    LINE_BYTES = 6144,  /* of the output; a line is one record of the log */
};

/* False once nobody reads. */
static bool say(const char *text, size_t length) {
    struct pollfd writable = {.fd = STDOUT_FILENO, .events = POLLOUT};
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, text, length);
        if (written < 0 && errno == EAGAIN && poll(&writable, 1, PATIENCE_MS) > 0) continue;
        if (written < 0 && errno != EINTR) return false;
        if (written < 0) continue;
        text += written;
        length -= (size_t)written;
    }
    return true;
}

static const char *number_or_null(char room[24], bool has, int value) {
    snprintf(room, 24, has ? "%d" : "null", value);
    return room;
}

static bool say_how(const struct last_words *words) {
    char text[512], code[24], signal[24];
    const struct command *task = words->task;
    bool signalled = words->finished && task->signal;
    int length = snprintf(text, sizeof text,
                          "{\"sandstack\":1,\"how\":\"%s\",\"exitCode\":%s,\"signal\":%s,\"task\":%s,\"outputDropped\":%llu,"
                          "\"outputBytes\":%zu}\n",
                          how_name((uint64_t)words->how),
                          number_or_null(code, words->finished && !signalled, words->finished ? task->code : 0),
                          number_or_null(signal, signalled, signalled ? task->signal : 0), task ? "true" : "false",
                          task ? (unsigned long long)task->kept.dropped : 0, task ? task->kept.bytes : 0);
    return say(text, (size_t)length);
}

static bool say_line(const uint8_t *data, size_t length) {
    char text[BASE64_LENGTH(LINE_BYTES) + 1];
    size_t end = base64_encode(text, data, length);
    text[end++] = '\n';
    return say(text, end);
}

static void say_output(const struct kept *kept) {
    static uint8_t line[LINE_BYTES];
    struct kept_reader reader = {0};
    int channel;
    const uint8_t *data;
    size_t length, filled = 0;
    while (kept_next(kept, &reader, &channel, &data, &length)) {
        if (length > LINE_BYTES - filled) length = LINE_BYTES - filled;
        memcpy(line + filled, data, length);
        kept_advance(&reader, length);
        filled += length;
        if (filled < LINE_BYTES) continue;
        if (!say_line(line, filled)) return;
        filled = 0;
    }
    if (filled) say_line(line, filled);
}

void end_record_write(const struct last_words *words) {
    fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
    if (say_how(words) && words->task) say_output(&words->task->kept);
}
