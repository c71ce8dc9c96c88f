#include "ending.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "clock.h"
#include "disk.h"
#include "fault.h"
#include "hierarchies.h"
#include "how.h"
#include "layers.h"
#include "listener.h"
#include "message.h"
#include "path.h"
#include "protocol.h"
#include "scratch.h"
#include "spec.h"

struct ending ending_of(const struct fields *f) {
    return (struct ending){
        .how = how_name(fields_number(f, TAG_HOW, HOW_ITSELF)),
        .task = fields_number(f, TAG_FLAGS, 0) & ENDING_TASK,
        .has_code = fields_has(f, TAG_EXIT_CODE),
        .has_signal = fields_has(f, TAG_SIGNAL),
        .code = fields_number(f, TAG_EXIT_CODE, 0),
        .signal = fields_number(f, TAG_SIGNAL, 0),
        .dropped = fields_number(f, TAG_DROPPED, 0),
    };
}

/* A link of the ledger, if it is still this sandbox's. */
static void release_link(const char *link) {
    char target[256];
    ssize_t length = link ? readlink(link, target, sizeof target - 1) : -1;
    if (length < 0) return;
    target[length] = 0;
    const char *slash = strrchr(target, '/');
    if (strcmp(slash ? slash + 1 : target, spec.id) == 0) unlink(link);
}

static struct path number_or_null(bool has, uint64_t value) {
    return has ? path_of("%llu", (unsigned long long)value) : path_of("null");
}

static bool write_record(const struct ending *e) {
    struct path record = path_of("%s/ended.json", spec.entry_dir);
    if (access(record.text, F_OK) == 0) return true;
    struct path text = path_of(
        "{\"id\":\"%s\",\"endedAt\":%llu,\"how\":\"%s\",\"exitCode\":%s,\"signal\":%s,\"task\":%s,\"outputDropped\":%llu}\n", spec.id,
        (unsigned long long)clock_ms_since_1970(), e->how, number_or_null(e->has_code, e->code).text,
        number_or_null(e->has_signal, e->signal).text, e->task ? "true" : "false", (unsigned long long)e->dropped);
    if (file_put(record.text, text.text)) return true;
    /* On a full disk the room of another file of the entry will do, and nobody needs to know the keeper any more. */
    if (unlink(path_of("%s/keeper", spec.entry_dir).text) < 0) return false;
    fault_clear();
    return file_put(record.text, text.text);
}

bool ending_finish(const struct ending *e) {
    if (!hierarchies_remove()) return false;
    disk_stop();
    if (!layers_end()) return false;
    release_link(spec.uid_slot);
    release_link(spec.name_link);
    scratch_remove();
    if (e && !write_record(e)) return false;
    listener_remove();
    return true;
}
