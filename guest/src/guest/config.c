#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "cgroup.h"
#include "launch.h"
#include "processes.h"
#include "protocol.h"

enum { SOCKET_AT, CGROUPS_AT }; /* places of CONFIG's descriptors */

static void take_numbers(const struct fields *f) {
    guest.uid_base = (uint32_t)fields_number(f, TAG_UID_BASE, 0);
    guest.deadline_ms = fields_number(f, TAG_DEADLINE, 0);
    guest.started_ms = fields_number(f, TAG_STARTED, 0);
    guest.memory = fields_number(f, TAG_MEM_LIMIT, 0);
    guest.processes = fields_number(f, TAG_PIDS_LIMIT, 0);
    guest.disk = fields_number(f, TAG_DISK_LIMIT, 0);
    guest.cpus = fields_number(f, TAG_CPUS, 0);
}

static bool take(const char *name, int fd) {
    if (strcmp(name, "proc") != 0) return cgroup_take(name, fd);
    processes_take(fd);
    return true;
}

static bool take_cgroups(struct message *m, char *const *names) {
    size_t i = CGROUPS_AT;
    for (; names[i - CGROUPS_AT]; i++)
        if (i >= m->descriptor_count || !take(names[i - CGROUPS_AT], m->descriptors[i])) return false;
    return i == m->descriptor_count && cgroup_complete();
}

int config_take(struct message *m) {
    guest.id = fields_text(&m->body, TAG_ID);
    guest.tier = fields_text(&m->body, TAG_TIER);
    guest.user = fields_text(&m->body, TAG_USER);
    guest.cwd = fields_text(&m->body, TAG_CWD);
    take_numbers(&m->body);
    char **names = fields_texts(&m->body, TAG_CGROUP), **env = fields_texts(&m->body, TAG_ENV);
    bool whole = guest.id && guest.tier && guest.user && names && env && environment_well_formed(env) &&
                 m->descriptor_count > SOCKET_AT && take_cgroups(m, names);
    for (char **n = names; n && *n; n++) free(*n);
    free(names);
    if (!whole) return -1;
    environment_set_image(env);
    guest.root_allowed = guest.namespaces = strcmp(guest.tier, "nspawn") == 0;
    return m->descriptors[SOCKET_AT];
}

bool config_take_root(struct message *m) {
    if (m->descriptor_count != 1) return false;
    guest.root_fd = m->descriptors[0];
    return true;
}
