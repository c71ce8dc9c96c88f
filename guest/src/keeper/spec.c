#include "spec.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fault.h"
#include "fields.h"
#include "protocol.h"

enum { MAX_SPEC = 1 << 20 };

struct spec spec;

static const struct {
    uint16_t tag;
    char **value;
    bool needed;
} texts[] = {
    {TAG_ID, &spec.id, true},
    {TAG_TIER, &spec.tier, true},
    {TAG_USER, &spec.user, true},
    {TAG_ENTRY_DIR, &spec.entry_dir, true},
    {TAG_SOCKET, &spec.socket, true},
    {TAG_UID_SLOT, &spec.uid_slot, true},
    {TAG_GUEST_ROOT, &spec.guest_root, true},
    {TAG_LAYERS_DIR, &spec.layers_dir, true},
    {TAG_SNAPSHOTS_DIR, &spec.snapshots_dir, true},
    {TAG_NETWORK, &spec.network, true},
    {TAG_NSPAWN, &spec.nspawn, false},
    {TAG_DISK_TEMPLATE, &spec.disk_template, false},
    {TAG_NAME_LINK, &spec.name_link, false},
    {TAG_CWD, &spec.cwd, false},
};

static bool read_all(struct fields *f) {
    uint8_t *data = malloc(MAX_SPEC);
    size_t length = 0;
    if (!data) return fault_errno("reading the spec");
    for (;;) {
        ssize_t got = read(STDIN_FILENO, data + length, MAX_SPEC - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fault_errno("reading the spec");
        if (got == 0) break;
        length += (size_t)got;
    }
    *f = (struct fields){data, length};
    return fields_valid(data, length) || fault_set("PROTOCOL", "the spec's fields are malformed");
}

static void take_numbers(const struct fields *f) {
    spec.started_ms = fields_number(f, TAG_STARTED, 0);
    spec.deadline_ms = fields_number(f, TAG_DEADLINE, 0);
    spec.memory = fields_number(f, TAG_MEM_LIMIT, 0);
    spec.processes = fields_number(f, TAG_PIDS_LIMIT, 0);
    spec.disk = fields_number(f, TAG_DISK_LIMIT, 0);
    spec.cpus = fields_number(f, TAG_CPUS, 0);
    spec.uid_base = (uid_t)fields_number(f, TAG_UID_BASE, 0);
    spec.socket_gid = (gid_t)fields_number(f, TAG_SOCKET_GID, 0);
    spec.creator = (pid_t)fields_number(f, TAG_CREATOR_PID, 0);
    spec.plain_layers = fields_number(f, TAG_FLAGS, 0) & KEEPER_FLAG_PLAIN_LAYERS;
}

static bool take_texts(const struct fields *f) {
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i].value = fields_text(f, texts[i].tag);
        if (texts[i].needed && !*texts[i].value) return fault_set("PROTOCOL", "the spec lacks field %d", texts[i].tag);
    }
    spec.layers = fields_texts(f, TAG_LAYER);
    spec.cgroups = fields_texts(f, TAG_CGROUP);
    spec.files = fields_texts(f, TAG_FILE);
    spec.layer_refs = fields_texts(f, TAG_LAYER_REF);
    spec.env = fields_texts(f, TAG_ENV);
    bool whole = spec.layers && spec.layers[0] && spec.cgroups && spec.cgroups[0] && spec.files && spec.layer_refs &&
                 spec.env;
    return whole || fault_set("PROTOCOL", "the spec lacks layers or cgroups");
}

bool spec_read(void) {
    struct fields f;
    if (!read_all(&f) || !take_texts(&f)) return false;
    take_numbers(&f);
    spec.is_nspawn = strcmp(spec.tier, "nspawn") == 0;
    if (spec.uid_base == 0) return fault_set("PROTOCOL", "the spec has no range of user ids");
    return !spec.is_nspawn || spec.nspawn || fault_set("PROTOCOL", "the spec lacks the path of systemd-nspawn");
}
