#include "history.h"
#include <stdlib.h>
#include <string.h>
#include "fault.h"

struct history history;

struct past *history_find(const char *id) {
    for (struct past *p = history.snapshots; p; p = p->next)
        if (strcmp(p->id, id) == 0) return p;
    return NULL;
}

static size_t length_of(char *const *texts) {
    size_t length = 0;
    while (texts && texts[length]) length++;
    return length;
}

void lowers_free(char **lowers) {
    for (char **l = lowers; l && *l; l++) free(*l);
    free(lowers);
}

static char **with_top(const char *top, char *const *lowers) {
    size_t length = length_of(lowers), count = 0;
    char **all = calloc(length + 2, sizeof *all);
    if (!all) return NULL;
    if (top) all[count++] = strdup(top);
    for (size_t i = 0; i < length; i++) all[count++] = strdup(lowers[i]);
    for (size_t i = 0; i < count; i++) {
        if (all[i]) continue;
        lowers_free(all);
        return NULL;
    }
    return all;
}

char **history_lowers_with(const char *top) {
    return with_top(top, history.lowers);
}

char **lowers_copy(char *const *lowers) {
    return with_top(NULL, lowers);
}

bool lowers_have(char *const *lowers, const char *lower) {
    for (char *const *l = lowers; *l; l++)
        if (strcmp(*l, lower) == 0) return true;
    return false;
}

bool history_add(const char *id, char **lowers) {
    struct past *p = calloc(1, sizeof *p);
    char *copy = strdup(id);
    if (!p || !copy || !lowers) {
        free(p);
        free(copy);
        lowers_free(lowers);
        return fault_errno("remembering a snapshot");
    }
    *p = (struct past){.id = copy, .lowers = lowers, .next = history.snapshots};
    history.snapshots = p;
    return true;
}
