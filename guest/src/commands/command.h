/* A command: a first process, its descriptors, and the streams attached to it. */
#ifndef SANDSTACK_COMMAND_H
#define SANDSTACK_COMMAND_H
#include <sys/types.h>
#include "kept.h"
#include "loop.h"
#include "protocol.h"
#include "stream.h"

enum { COMMAND_TEXT = 4096 }; /* bytes of the text that tells people of a command */

/* Where output comes from: a pipe, or a pty's master. */
struct source {
    int fd; /* -1: none, or at its end */
    struct watch watch;
    int owed; /* bytes that were in the pipe when the first process ended, and are not read yet */
};

/* The way to the command's stdin. */
struct input {
    int fd; /* -1: none, or closed */
    struct watch watch;
    struct pending *first, *last;
};

struct attachment {
    struct command *command;
    struct stream *stream;
    bool muted;        /* it gets the end, but no output */
    bool closes_stdin; /* of the verb STDIN: at its end */
    struct kept_reader reader;
    struct attachment *next;
};

struct command {
    pid_t pid;
    uint64_t tag; /* of all that comes from it (tag.h) */
    char *text, *cwd, *user; /* for people */
    uint64_t started_ms, flags;
    bool task;
    struct attachment *attachments;
    struct source sources[2]; /* of CHANNEL_OUT, CHANNEL_ERR */
    struct input input;
    struct kept kept; /* of a background command */

    int report_fd; /* the child's report before exec; -1 once it is read */
    struct watch report_watch;

    int how;         /* HOW_… */
    int kill_signal; /* the last one by the verb KILL */
    uint64_t oom_kills; /* of the payload when it started */
    bool reaped;     /* the first process has ended, at reaped_ms */
    bool late;       /* since then it was silent for a while, or a second has passed */
    uint64_t reaped_ms;
    bool ended;      /* all its output is taken in; attachments get their end when they have it */
    int code, signal;
    struct timer timeout, grace, settle, forget;
    struct command *next;
};

extern struct command *commands;

static inline bool command_is_background(const struct command *c) {
    return c->flags & SPAWN_FLAG_BACKGROUND;
}

/* Running, or an ended one that is kept; NULL if none. */
struct command *command_find(uint64_t pid);
/* The command of a request's PID; ends the stream with NO_SUCH_COMMAND if there is none, or (running) it has ended. */
struct command *command_of_request(struct stream *s, const struct fields *f, bool running);
bool commands_running(void);
/* Ends every attachment with an error and frees the command (exec failed, rollback). */
void command_abandon(struct command *c, const char *code, const char *message);
/* Its attachments, if any, are forgotten: their streams are the caller's to end. */
void command_free(struct command *c);

/* attach.c */
struct attachment *attachment_add(struct command *c, struct stream *s, bool muted);
void attachment_remove(struct attachment *a);
void attachment_closed(struct stream *s);
void attachment_credit(struct stream *s, int channel);
/* Sends an attachment what is kept for it, and its end once the command has ended. False if that freed it. */
bool attachment_deliver(struct attachment *a);

/* output.c */
int source_start(struct command *c, int channel);
void sources_resume(struct command *c);
void sources_close(struct command *c);
/* After the first process ended: waits for the rest of the output, then ends the command. */
void output_settle(struct command *c);

/* input.c */
void input_write(struct command *c, struct stream *s, const uint8_t *data, size_t length);
/* Once what was written before is in the pipe: ends `s` if it is given, and closes stdin if `close` is set. */
void input_finish(struct command *c, struct stream *s, bool close);
void input_forget(struct command *c, const struct stream *s); /* s is gone; its bytes still go in */
void input_close(struct command *c);

/* terminate.c: to the process group */
void command_signal(struct command *c, int signal);
/* TERM to all of its tree, KILL after GRACE_MS, or once its first process has ended. */
void command_terminate(struct command *c, int how);

/* reap.c */
int reap_start(void);
/* command-end.c: the first process ended (wait status); the command is over; its fields for END. */
void command_reaped(struct command *c, int status);
void command_end(struct command *c);
void command_describe_end(const struct command *c, struct writer *w);

/* spawn.c: the child's report is there, or its end shows that it never came. False if exec failed: c is freed. */
bool spawn_report(struct command *c);
#endif
