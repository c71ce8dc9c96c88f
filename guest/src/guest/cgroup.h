/* The payload's cgroups, through the descriptors that the keeper passed (names: guest/PROTOCOL.md). */
#ifndef SANDSTACK_CGROUP_H
#define SANDSTACK_CGROUP_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Keeps a descriptor of CONFIG by its name; false for a name that the guest does not know. */
bool cgroup_take(const char *name, int fd);
/* False if one that is needed is missing. */
bool cgroup_complete(void);
int cgroup_start(void);

/* Forks a child that is to be a member; -1 with errno. */
pid_t cgroup_fork(void);
/* In that child: makes it one in every hierarchy; -1 with errno. */
int cgroup_join(void);
/* Ends every process of the payload, also frozen ones. */
void cgroup_kill(void);
/* To every process of the payload; never to one that merely got the pid of one that ended. */
void cgroup_signal(int signal);
void cgroup_freeze(bool frozen);
bool cgroup_populated(void);

/* A wait for a line of cgroup.events; embedded in its owner. */
struct cgroup_wait {
    const char *key; /* "populated" or "frozen" */
    bool value;
    void (*fn)(void *context);
    void *context;
    struct cgroup_wait *next;
};
/* Calls fn once the line has the value: at once if it has it now. */
void cgroup_when(struct cgroup_wait *w);
void cgroup_forget(struct cgroup_wait *w);

/* Numbers of the payload; false where the keeper passed no such file. */
bool cgroup_memory(uint64_t *bytes);
bool cgroup_cpu(uint64_t *ns);
bool cgroup_pids(uint64_t *count);
uint64_t cgroup_oom_kills(void);
#endif
