#include "control.h"
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "end.h"
#include "loop.h"
#include "payload.h"

enum { LAST_WORDS_MS = 200 };

static struct watch watch;
static struct message message;

bool control_wait_for(uint16_t number, struct message *m) {
    struct pollfd readable = {.fd = CONTROL_FD, .events = POLLIN};
    while (poll(&readable, 1, -1) < 0 && errno == EINTR) continue;
    return message_receive(CONTROL_FD, m) == 1 && m->number == number;
}

/* Without a keeper nobody would clean up behind the payload. */
static _Noreturn void keeper_gone(void) {
    payload_kill();
    _exit(1);
}

static void on_message(void *context, uint32_t events) {
    (void)context;
    (void)events;
    int got = message_receive(CONTROL_FD, &message);
    if (got == 0) keeper_gone();
    if (got < 0) return;
    if (message.number == MESSAGE_DEADLINE) deadline_answered(&message);
    else if (message.number == MESSAGE_SNAPSHOT_DONE) snapshot_answered(&message);
    else if (message.number == MESSAGE_ROLLBACK_DONE) rollback_answered(&message);
    else if (message.number == MESSAGE_ENDING) end_begin((int)fields_number(&message.body, TAG_HOW, HOW_KILLED));
    message_close(&message);
}

int control_start(void) {
    return watch_start(&watch, CONTROL_FD, EPOLLIN, on_message, NULL);
}

void control_send(uint16_t number, struct writer *w) {
    struct writer none = {0};
    if (!w) w = &none;
    if (!w->failed) message_send(CONTROL_FD, number, w->data, w->length, NULL, 0);
    writer_free(w);
}

void control_send_last(uint16_t number, const void *body, size_t length) {
    struct pollfd writable = {.fd = CONTROL_FD, .events = POLLOUT};
    while (message_send(CONTROL_FD, number, body, length, NULL, 0) < 0 && errno == EAGAIN)
        if (poll(&writable, 1, LAST_WORDS_MS) <= 0) return;
}
