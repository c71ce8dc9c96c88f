#include <stdlib.h>
#include <string.h>
#include "account-file.h"
#include "launch.h"

static bool lists(char *members, const char *name) {
    char *rest = NULL;
    for (char *m = strtok_r(members, ",", &rest); m; m = strtok_r(NULL, ",", &rest))
        if (strcmp(m, name) == 0) return true;
    return false;
}

void groups_load(struct launch *l) {
    if (guest.only_uid) return;
    char *text = account_file_read("/etc/group"), *line_rest = NULL;
    for (char *line = text ? strtok_r(text, "\n", &line_rest) : NULL; line && l->group_count < MAX_GROUPS;
         line = strtok_r(NULL, "\n", &line_rest)) {
        strsep(&line, ":");
        strsep(&line, ":");
        char *number = strsep(&line, ":");
        if (!number || !line || !lists(line, l->account.name)) continue;
        char *end;
        unsigned long gid = strtoul(number, &end, 10);
        bool ours = *number && !*end && gid >= guest.uid_base && gid - guest.uid_base < GUEST_UID;
        if (ours && gid != l->account.gid) l->groups[l->group_count++] = (gid_t)gid;
    }
    free(text);
}
