#include "members.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "guest.h"
#include "processes.h"

enum { NS_PER_S = 1000000000 };

/* The number, or the letter, behind "\nNAME:\t" of a status file. */
static const char *value(const char *text, const char *name) {
    const char *at = strstr(text, name);
    return at ? at + strlen(name) : "";
}

/* False for what is gone, or none of the payload. */
static bool look_at(pid_t pid, struct member *m) {
    char path[32], text[PROCESS_TEXT];
    snprintf(path, sizeof path, "%d/status", (int)pid);
    if (!processes_read(path, text)) return false;
    char state = *value(text, "\nState:\t");
    *m = (struct member){
        .pid = pid,
        .parent = (pid_t)strtol(value(text, "\nPPid:\t"), NULL, 10),
        .stopped = state == 'T',
        .threads = strtoull(value(text, "\nThreads:\t"), NULL, 10),
    };
    /* Of a process with several threads the first may be dead, and the others alive. */
    m->dead = state == 'X' || (state == 'Z' && m->threads <= 1);
    bool payloads = strtoull(value(text, "\nUid:\t"), NULL, 10) == guest.only_uid;
    m->arriving = !payloads && m->parent == getpid();
    return payloads || m->arriving;
}

static pid_t number_of(const char *name) {
    char *end;
    long number = strtol(name, &end, 10);
    return *end || number <= 0 ? 0 : (pid_t)number;
}

/* Opens a directory of its own each time: calls may be nested, and a position is not shared. */
bool members_each(bool (*fn)(const struct member *m, void *context), void *context) {
    int fd = openat(processes_fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    bool all = true;
    for (const struct dirent *entry; all && directory && (entry = readdir(directory));) {
        struct member m;
        pid_t pid = number_of(entry->d_name);
        if (pid > 0 && pid != getpid() && look_at(pid, &m)) all = fn(&m, context);
    }
    if (directory) closedir(directory);
    return all;
}

static char thread_state(pid_t pid, const char *thread) {
    char path[64], text[PROCESS_TEXT];
    snprintf(path, sizeof path, "%d/task/%s/status", (int)pid, thread);
    return processes_read(path, text) ? *value(text, "\nState:\t") : 'X';
}

enum member_rest member_rest(const struct member *m) {
    if (m->stopped && m->threads <= 1) return MEMBER_RESTS;
    char path[32];
    snprintf(path, sizeof path, "%d/task", (int)m->pid);
    int fd = openat(processes_fd(), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    enum member_rest rest = MEMBER_RESTS;
    for (const struct dirent *entry; rest != MEMBER_MOVES && directory && (entry = readdir(directory));) {
        if (number_of(entry->d_name) == 0) continue;
        char state = thread_state(m->pid, entry->d_name);
        if (state == 'D') rest = MEMBER_WAITS;
        else if (state != 'T' && state != 'Z' && state != 'X') rest = MEMBER_MOVES;
    }
    if (directory) closedir(directory);
    return rest;
}

void members_prefer_for_oom(void) {
    static const char score[] = "500";
    int fd = openat(processes_fd(), "self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    ssize_t written = fd < 0 ? -1 : write(fd, score, sizeof score - 1);
    (void)written;
    if (fd >= 0) close(fd);
}

uint64_t member_memory(const struct member *m) {
    char path[32], text[PROCESS_TEXT], *end;
    snprintf(path, sizeof path, "%d/statm", (int)m->pid);
    if (!processes_read(path, text)) return 0;
    strtoull(text, &end, 10);
    return strtoull(end, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Fields 14 and 15 of stat: the name, in parentheses, may hold anything. */
uint64_t member_cpu(const struct member *m) {
    char path[32], text[PROCESS_TEXT];
    unsigned long long user, system;
    snprintf(path, sizeof path, "%d/stat", (int)m->pid);
    const char *behind = processes_read(path, text) ? strrchr(text, ')') : NULL;
    if (!behind || sscanf(behind, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system) != 2) return 0;
    return (user + system) * (NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
}
