/* What a child needs to become a command. All of it is ready before the fork: between fork and exec nothing allocates. */
#ifndef SANDSTACK_LAUNCH_H
#define SANDSTACK_LAUNCH_H
#include "command.h"
#include "guest.h"

enum { MAX_GROUPS = 64 };

struct launch {
    char **argv, **envp;
    char *cwd; /* NULL: the image's, else the account's home, else "/" */
    struct account account;
    gid_t groups[MAX_GROUPS];
    size_t group_count;
    int stdio[3];
    int report_fd;
    uint64_t tag;
};

/* What the child writes to its report before it gives up; silence and the end of the pipe mean that exec succeeded. */
enum launch_step { STEP_SET_UP, STEP_CWD, STEP_EXEC };
struct launch_report {
    int step, error;
};

/* child.c */
_Noreturn void child_run(const struct launch *l, pid_t parent);

/* environment.c: the client's variables, then the sandbox's own, then its image's, then PATH, HOME, USER, LOGNAME, SHELL, LANG and TERM:
 * of each name the first. False if one of the client's is no NAME=value, or out of memory. */
bool environment_build(struct launch *l, const struct fields *f, bool tty);
/* Whether each is NAME=value. */
bool environment_well_formed(char *const *envp);
/* Takes over the sandbox's own variables, in the place of those before. */
void environment_set(char **own);
/* Takes over the image's variables. */
void environment_set_image(char **image);
/* A variable's value; NULL if it is not there. */
const char *environment_get(char *const *envp, const char *name);

/* groups.c: the supplementary groups of the account, from the payload's own /etc/group. */
void groups_load(struct launch *l);

/* stdio.c: makes the child's descriptors and keeps our ends in c; false with errno. */
bool stdio_open(struct launch *l, struct command *c, uint64_t cols, uint64_t rows);
/* In the parent, after the fork. */
void stdio_close_child_ends(struct launch *l);
int stdio_start(void);

/* pty.c: a new terminal of the payload's own devpts; false with errno. */
bool pty_open(const struct account *account, uint64_t cols, uint64_t rows, int *master, int *slave);

void texts_free(char **texts);
#endif
