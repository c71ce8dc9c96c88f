// What every probe shares: how it tells its verdict. A probe is a harmless attempt with a proof.
#ifndef PROBE_H
#define PROBE_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The attack worked; `proof` is what only somebody outside the sandbox should know or do.
#define succeeded(...) (printf("SUCCEEDED "), printf(__VA_ARGS__), printf("\n"), fflush(stdout), _exit(0))
// It did not.
#define blocked(...) (printf("BLOCKED "), printf(__VA_ARGS__), printf("\n"), fflush(stdout), _exit(1))
#define blocked_by_errno(what) blocked("%s: %s", what, strerror(errno))

// Reads the canary through a descriptor and ends the probe with it as the proof.
static inline void succeed_with_text_of(int fd, const char *how) {
    char text[256] = {0};
    ssize_t n = read(fd, text, sizeof text - 1);
    if (n <= 0) blocked_by_errno("read");
    text[strcspn(text, "\n")] = 0;
    succeeded("%s: %s", how, text);
}

// A process id from the command line; "parent" is the guest, whose children all commands are.
static inline pid_t pid_argument(const char *text) {
    return strcmp(text, "parent") == 0 ? getppid() : atoi(text);
}
#endif
