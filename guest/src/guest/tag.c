#include "tag.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "processes.h"

static const char name[] = "\nMax file locks";

void tag_set(uint64_t tag) {
    setrlimit(RLIMIT_LOCKS, &(struct rlimit){TAG_BASE, TAG_BASE + tag});
}

uint64_t tag_of(pid_t pid) {
    char path[32], text[PROCESS_TEXT], *end;
    snprintf(path, sizeof path, "%d/limits", (int)pid);
    if (!processes_read(path, text)) return TAG_GONE;
    const char *at = strstr(text, name);
    if (!at) return TAG_NONE;
    strtoull(at + sizeof name - 1, &end, 10); /* the soft one */
    uint64_t hard = strtoull(end, &end, 10);
    return hard > TAG_BASE && hard < UINT64_C(1) << 63 ? hard - TAG_BASE : TAG_NONE;
}
