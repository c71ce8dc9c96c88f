/* SPAWN and TASK: from the request to a running command. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "clock.h"
#include "error-code.h"
#include "launch.h"
#include "payload.h"
#include "privileges.h"
#include "verbs.h"

/* The arguments, for people; what is longer than a listing shows is left out, a character never in two. */
static char *join_words(char *const *argv) {
    char text[COMMAND_TEXT + 1];
    size_t length = 0;
    for (char *const *a = argv; *a && length < COMMAND_TEXT; a++) {
        size_t room = COMMAND_TEXT - length, more = strlen(*a);
        if (a != argv && room > 0) {
            text[length++] = ' ';
            room--;
        }
        bool cut = more > room;
        if (cut) more = room;
        while (cut && more > 0 && ((*a)[more] & 0xc0) == 0x80) more--;
        memcpy(text + length, *a, more);
        length += more;
        if (cut) break;
    }
    return strndup(text, length);
}

/* Reads the request; ends the stream and gives false if it is refused. */
static bool read_request(struct stream *s, const struct fields *f, struct launch *l) {
    char *user = fields_has(f, TAG_USER) ? fields_text(f, TAG_USER) : strdup(guest.user);
    l->argv = fields_texts(f, TAG_ARG);
    l->cwd = fields_text(f, TAG_CWD);
    const char *code = NULL;
    bool bad_cwd = fields_has(f, TAG_CWD) && (!l->cwd || l->cwd[0] != '/');
    bool tty = fields_number(f, TAG_FLAGS, 0) & SPAWN_FLAG_PTY;
    if (!user || !l->argv || !l->argv[0] || !*l->argv[0]) stream_error(s, "BAD_REQUEST", "a command needs ARG");
    else if (bad_cwd) stream_error(s, "BAD_PATH", "CWD %s: not absolute", l->cwd ? l->cwd : "");
    else if ((code = account_find(user, &l->account)) || (code = privileges_admit(&l->account)))
        stream_error(s, code, "user %s: %s", user, account_reason(code));
    else if (environment_build(l, f, tty)) {
        free(user);
        groups_load(l);
        return true;
    } else stream_error(s, "BAD_REQUEST", "ENV is not NAME=value");
    free(user);
    return false;
}

static void free_launch(struct launch *l) {
    texts_free(l->argv);
    texts_free(l->envp);
    free(l->cwd);
}

static struct command *create(const struct launch *l, const struct fields *f, bool task) {
    static uint64_t last_tag;
    struct command *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    *c = (struct command){
        .tag = ++last_tag,
        .text = join_words(l->argv),
        .cwd = strdup(l->cwd ? l->cwd : guest.cwd ? guest.cwd : l->account.home),
        .user = strdup(l->account.name),
        .started_ms = clock_ms_since_1970(),
        .flags = (fields_number(f, TAG_FLAGS, 0) & ~(uint64_t)SPAWN_FLAG_TASK) |
                 (task ? SPAWN_FLAG_BACKGROUND | SPAWN_FLAG_TASK : 0),
        .task = task,
        .sources = {{.fd = -1}, {.fd = -1}},
        .input.fd = -1,
        .report_fd = -1,
        .oom_kills = payload_oom_kills(),
        .next = commands,
    };
    commands = c;
    return c;
}

static void on_timeout(void *context) {
    command_terminate(context, HOW_TIMEOUT);
}

/* What a failed start is called. */
static const char *report_code(const struct launch_report *report) {
    int error = report->error;
    if (report->step == STEP_CWD) return "BAD_PATH";
    if (report->step == STEP_SET_UP) return error == EAGAIN ? "LIMIT" : "INTERNAL";
    if (error == ENOENT || error == ENOTDIR) return "NOT_FOUND";
    if (error == EACCES || error == ENOEXEC || error == EPERM) return "NOT_EXECUTABLE";
    return error == E2BIG ? "LIMIT" : error_code(error);
}

static void start_failed(struct command *c, const struct launch_report *report) {
    static const char *const steps[] = {"preparing the command", "CWD", "command"};
    char message[512];
    const char *what = report->step == STEP_CWD ? c->cwd : report->step == STEP_EXEC ? c->text : "";
    const char *limit = report->error == E2BIG ? " (131,071 bytes each, about 2 MiB with the environment)" : "";
    snprintf(message, sizeof message, "%s %.400s: %s%s", steps[report->step], what, strerror(report->error), limit);
    command_abandon(c, report_code(report), message);
}

/* Out of the table go ended commands whose pid the new one has. */
static void forget_namesakes(const struct command *fresh) {
    for (struct command *c = commands, *next; c; c = next) {
        next = c->next;
        if (c != fresh && c->pid == fresh->pid && c->ended && !c->attachments) command_free(c);
    }
}

bool spawn_report(struct command *c) {
    struct launch_report report;
    ssize_t length = read(c->report_fd, &report, sizeof report);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    watch_stop(&c->report_watch);
    close(c->report_fd);
    c->report_fd = -1;
    if (length == (ssize_t)sizeof report) {
        start_failed(c, &report);
        return false;
    }
    for (struct attachment *a = c->attachments; a; a = a->next) {
        struct writer w = {0};
        writer_number(&w, TAG_PID, (uint64_t)c->pid);
        stream_reply(a->stream, &w);
    }
    sources_resume(c);
    return true;
}

static void on_report(void *context, uint32_t events) {
    (void)events;
    spawn_report(context);
}

/* Forks the child; false with errno. */
static bool start(struct command *c, struct launch *l) {
    int report[2];
    if (pipe2(report, O_CLOEXEC | O_NONBLOCK) < 0) return false;
    l->report_fd = report[1];
    l->tag = c->tag;
    c->report_fd = report[0];
    pid_t parent = getpid();
    c->pid = payload_fork();
    if (c->pid == 0) child_run(l, parent);
    close(report[1]);
    if (c->pid < 0) return false;
    forget_namesakes(c);
    if (watch_start(&c->report_watch, c->report_fd, EPOLLIN, on_report, c) == 0) return true;
    command_signal(c, SIGKILL);
    return false;
}

static void open_command(struct stream *s, const struct fields *f, bool task) {
    struct launch l = {.stdio = {-1, -1, -1}};
    if (!read_request(s, f, &l)) {
        free_launch(&l);
        return;
    }
    struct command *c = create(&l, f, task);
    bool muted = c && c->flags & SPAWN_FLAG_NO_OUTPUT;
    bool ready = c && c->text && c->cwd && c->user && attachment_add(c, s, muted) &&
                 stdio_open(&l, c, fields_number(f, TAG_COLS, 0), fields_number(f, TAG_ROWS, 0)) && start(c, &l);
    int error = errno;
    stdio_close_child_ends(&l);
    free_launch(&l);
    if (!ready) {
        if (c) command_free(c);
        stream_errno(s, error, "starting a command");
        return;
    }
    uint64_t timeout = fields_number(f, TAG_TIMEOUT, 0);
    if (timeout) timer_start(&c->timeout, timeout, on_timeout, c);
}

static void spawn_open(struct stream *s, const struct fields *f) {
    open_command(s, f, false);
}

static void task_open(struct stream *s, const struct fields *f) {
    for (struct command *c = commands; c; c = c->next) {
        if (!c->task) continue;
        stream_error(s, "EXISTS", "the sandbox has its task already: command %d", (int)c->pid);
        return;
    }
    open_command(s, f, true);
}

static void spawn_data(struct stream *s, const uint8_t *data, size_t length) {
    input_write(((struct attachment *)s->state)->command, s, data, length);
}

static void spawn_eof(struct stream *s) {
    input_finish(((struct attachment *)s->state)->command, NULL, true);
}

static void spawn_closed(struct stream *s) {
    struct command *c = ((struct attachment *)s->state)->command;
    if (!command_is_background(c)) command_terminate(c, HOW_CLIENT_GONE);
    attachment_closed(s);
}

const struct verb verb_spawn = {.number = VERB_SPAWN,
                                .open = spawn_open,
                                .data = spawn_data,
                                .eof = spawn_eof,
                                .credit = attachment_credit,
                                .closed = spawn_closed};
const struct verb verb_task = {.number = VERB_TASK,
                               .open = task_open,
                               .data = spawn_data,
                               .eof = spawn_eof,
                               .credit = attachment_credit,
                               .closed = spawn_closed};
