/* Users and groups by the payload's own /etc/passwd and /etc/group. On the tier without a user namespace the keeper shows
 * these with the machine's real ids; a number that a client gives is always one of the sandbox's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "account-file.h"
#include "guest.h"

enum { RANGE = 65536 };
static const char agent[] = "agent";

/* A whole decimal number of at most 32 bits. */
static bool number_of(const char *text, uint32_t *out) {
    char *end;
    if (!text || *text < '0' || *text > '9') return false;
    unsigned long long value = strtoull(text, &end, 10);
    if (*end || value > UINT32_MAX) return false;
    *out = (uint32_t)value;
    return true;
}

static bool copy(char *out, size_t room, const char *text) {
    return text && (size_t)snprintf(out, room, "%s", text) < room;
}

/* One line of passwd, NAME:x:UID:GID:comment:HOME:shell; false if it is none, or does not fit. */
static bool parse_user(char *line, struct account *out) {
    char *name = strsep(&line, ":");
    strsep(&line, ":");
    bool ids = number_of(strsep(&line, ":"), &out->uid) && number_of(strsep(&line, ":"), &out->gid);
    strsep(&line, ":");
    char *home = strsep(&line, ":");
    return ids && *name && copy(out->name, sizeof out->name, name) &&
           copy(out->home, sizeof out->home, home && *home == '/' ? home : "/");
}

/* The first user with this name, or, without one, this uid. */
static bool find_user(const char *name, uid_t uid, struct account *out) {
    char *text = account_file_read("/etc/passwd"), *rest = NULL;
    bool found = false;
    for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line && !found; line = strtok_r(NULL, "\n", &rest))
        found = parse_user(line, out) && (name ? strcmp(out->name, name) == 0 : out->uid == uid);
    free(text);
    return found;
}

static void set(struct account *out, uint32_t id, const char *name, const char *home) {
    out->uid = out->gid = guest.uid_base + id;
    copy(out->name, sizeof out->name, name);
    copy(out->home, sizeof out->home, home);
}

/* The default user's home may be another than passwd's. */
static void settle_home(struct account *out) {
    if (guest.home && strcmp(out->name, guest.user) == 0) copy(out->home, sizeof out->home, guest.home);
}

const char *account_find(const char *name, struct account *out) {
    uint32_t number;
    bool is_default = guest.home && strcmp(name, guest.user) == 0;
    bool found = find_user(name, 0, out);
    if (!found && (is_default || strcmp(name, agent) == 0)) {
        set(out, AGENT_UID, name, "/home/agent");
        found = true;
    }
    if (found) {
        settle_home(out);
        return NULL;
    }
    if (!number_of(name, &number) || number >= RANGE) return "UNKNOWN_USER";
    if (!find_user(NULL, guest.uid_base + number, out)) set(out, number, name, "/");
    return NULL;
}

bool account_user_name(uid_t uid, char *out, size_t room) {
    struct account account;
    if (guest.only_uid && uid == guest.only_uid) return copy(out, room, guest.user);
    if (find_user(NULL, uid, &account)) return copy(out, room, account.name);
    return uid == guest.uid_base + AGENT_UID && copy(out, room, agent);
}

bool account_group_name(gid_t gid, char *out, size_t room) {
    if (guest.only_uid && gid == guest.only_uid) return copy(out, room, guest.user);
    char *text = account_file_read("/etc/group"), *rest = NULL;
    bool found = false;
    for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line && !found; line = strtok_r(NULL, "\n", &rest)) {
        char *name = strsep(&line, ":");
        strsep(&line, ":");
        uint32_t number;
        found = number_of(strsep(&line, ":"), &number) && number == gid && *name && copy(out, room, name);
    }
    free(text);
    return found || (gid == guest.uid_base + AGENT_UID && copy(out, room, agent));
}

const char *account_reason(const char *code) {
    return strcmp(code, "UNKNOWN_USER") == 0 ? "not in the sandbox's /etc/passwd" : "refused";
}
