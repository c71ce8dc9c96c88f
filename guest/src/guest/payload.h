/* The payload: every process of the sandbox but the guest's own. How the guest tells them from others, and what it can do
 * to all of them at once, depends on what it was started with; one of the ways is chosen at the start, and nothing else
 * asks which. */
#ifndef SANDSTACK_PAYLOAD_H
#define SANDSTACK_PAYLOAD_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct payload_way {
    int (*start)(void); /* -1 with errno */
    pid_t (*fork)(void);
    int (*join)(void);
    void (*kill)(void);
    void (*signal)(int signal);
    void (*each)(void (*fn)(pid_t pid, void *context), void *context);
    void (*freeze)(bool frozen);
    bool (*populated)(void);
    bool (*frozen)(void);
    bool (*memory)(uint64_t *bytes);
    bool (*cpu)(uint64_t *ns);
    bool (*pids)(uint64_t *count);
    uint64_t (*oom_kills)(void);
    uint64_t look_ms; /* how often to look while somebody waits; 0: it calls payload_changed */
};

void payload_use(const struct payload_way *way);
int payload_start(void);

/* Forks a child that is to be of the payload; -1 with errno. */
pid_t payload_fork(void);
/* In that child: makes it so; -1 with errno. */
int payload_join(void);
/* Ends every process of the payload, also frozen ones. */
void payload_kill(void);
/* To every process of the payload; never to one that merely got the pid of one that ended. */
void payload_signal(int signal);
/* Calls fn for each process of the payload that lives; it may be gone by then, or its pid another's. */
void payload_each(void (*fn)(pid_t pid, void *context), void *context);
void payload_freeze(bool frozen);
bool payload_populated(void);

/* A wait for the payload to be empty or frozen; embedded in its owner. */
struct payload_wait {
    enum { PAYLOAD_EMPTY, PAYLOAD_FROZEN } state;
    void (*fn)(void *context);
    void *context;
    struct payload_wait *next;
};
/* Calls fn once it is so: at once if it is so now. */
void payload_when(struct payload_wait *w);
void payload_forget(struct payload_wait *w);
/* Of the way in use: there may be news for those who wait. */
void payload_changed(void);

/* Numbers of the payload; false where nothing tells them. */
bool payload_memory(uint64_t *bytes);
bool payload_cpu(uint64_t *ns);
bool payload_pids(uint64_t *count);
uint64_t payload_oom_kills(void);
#endif
