#include "keeper-snapshot.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "clock.h"
#include "disk.h"
#include "fault.h"
#include "history.h"
#include "keeper-copy.h"
#include "launcher.h"
#include "layers.h"
#include "path.h"
#include "payload-root.h"
#include "protocol.h"
#include "snapshot-record.h"
#include "spec.h"
#include "tree.h"

/* Sends an answer, with the fault if there is one; frees w and closes the root, of which no more is left then. */
static void answer(uint16_t number, struct writer *w, int root) {
    if (fault.code[0]) {
        writer_free(w);
        writer_text(w, TAG_CODE, fault.code);
        writer_text(w, TAG_MESSAGE, fault.message);
    }
    message_send(launcher_control, number, w->data, w->length, &root, root >= 0);
    writer_free(w);
    if (root >= 0) close(root);
    payload_root_tidy(root >= 0);
}

static void answer_snapshot(const char *id, int root) {
    struct writer w = {0};
    writer_text(&w, TAG_ID, id);
    answer(MESSAGE_SNAPSHOT_DONE, &w, root);
}

static char *diff_of(const char *layer) {
    return layer ? strdup(path_of("%s/diff", layer).text) : NULL;
}

int history_start(void) {
    history.lowers = lowers_copy(spec.layers);
    if (!history.lowers) {
        fault_errno("starting");
        return -1;
    }
    history.upper = layer_new(disk_layers(), spec.id, spec.layers[0]);
    return history.upper ? payload_root(history.lowers, history.upper) : -1;
}

/* References first, then the record: one without a record is known to be dead, a record without its layers would lie. */
static bool record(const struct snapshot_request *r, char **lowers) {
    size_t count = 0;
    for (char **l = lowers; *l; l++) count++;
    char **shared = calloc(count + 1, sizeof *shared);
    bool taken = shared != NULL;
    for (size_t i = 0, at = 0; taken && i < count; i++) {
        shared[at] = layer_of(lowers[i]);
        if (shared[at]) taken = layer_take(shared[at++], r->id);
    }
    struct snapshot s = {r->id, r->description, clock_ms_since_1970(), r->keep, lowers, shared};
    bool written = taken && snapshot_record_write(&s) && history_add(r->id, lowers_copy(lowers));
    for (char **layer = shared; !written && layer && *layer; layer++) layer_release(*layer, r->id);
    lowers_free(shared);
    return written;
}

/* What was written so far becomes read-only, under a new layer: no file is touched, so it takes no longer for many. */
static int freeze(const struct snapshot_request *r) {
    char *top = diff_of(history.upper);
    char **lowers = top ? history_lowers_with(top) : NULL;
    char *upper = lowers ? layer_new(disk_layers(), spec.id, top) : NULL;
    int root = upper ? payload_root(lowers, upper) : -1;
    free(top);
    if (root >= 0 && record(r, lowers)) {
        lowers_free(history.lowers);
        free(history.upper);
        history.lowers = lowers;
        history.upper = upper;
        return root;
    }
    if (root >= 0) close(root);
    layer_discard(upper, spec.id);
    lowers_free(lowers);
    return -1;
}

void snapshot_copied(const struct snapshot_request *r, char **lowers) {
    if (!fault.code[0]) record(r, lowers);
    answer_snapshot(r->id, -1);
}

void snapshot_asked(const struct message *m) {
    uint64_t flags = fields_number(&m->body, TAG_FLAGS, 0);
    struct snapshot_request r = {fields_text(&m->body, TAG_ID), fields_text(&m->body, TAG_DESCRIPTION),
                                 flags & SNAPSHOT_FLAG_KEEP};
    if (!r.description) r.description = strdup("");
    fault_clear();
    int root = -1;
    bool later = false;
    if (!r.id || !r.description || !snapshot_id_valid(r.id)) fault_set("BAD_REQUEST", "ID %s is no snapshot's", r.id ? r.id : "");
    else if (snapshot_record_exists(r.id)) fault_set("EXISTS", "snapshot %s is there already", r.id);
    /* What is in the sandbox's own disk goes with it. */
    else if (flags & SNAPSHOT_COPY || (r.keep && spec.disk)) later = copy_start(&r);
    else root = freeze(&r);
    if (!later) answer_snapshot(r.id ? r.id : "", root);
    free(r.id);
    free(r.description);
}

static bool take_lowers(char *const *lowers) {
    for (char *const *l = lowers; *l; l++) {
        char *layer = layer_of(*l);
        bool taken = !layer || layer_take(layer, spec.id);
        free(layer);
        if (!taken) return false;
    }
    return true;
}

/* Gives up what the sandbox no longer stands on, while it works on. */
static void leave_behind(char *old_upper, char **old_lowers) {
    size_t count = 0;
    for (char **l = old_lowers; *l; l++) count++;
    char **garbage = calloc(count + 2, sizeof *garbage);
    size_t at = 0;
    if (garbage && layer_release(old_upper, spec.id)) garbage[at++] = strdup(old_upper);
    for (char **l = old_lowers; garbage && *l; l++) {
        char *layer = lowers_have(history.lowers, *l) ? NULL : layer_of(*l);
        if (layer && layer_release(layer, spec.id)) garbage[at++] = layer;
        else free(layer);
    }
    if (at > 0) tree_remove_start(garbage);
    disk_reserve_keep();
    lowers_free(garbage);
    lowers_free(old_lowers);
    free(old_upper);
}

void rollback_asked(const struct message *m) {
    char *id = fields_text(&m->body, TAG_ID);
    struct past *past = id && snapshot_id_valid(id) && snapshot_record_exists(id) ? history_find(id) : NULL;
    fault_clear();
    if (!past) fault_set("NO_SUCH_SNAPSHOT", "this sandbox has no snapshot %s", id ? id : "");
    if (past) disk_reserve_use();
    char **lowers = past && take_lowers(past->lowers) ? lowers_copy(past->lowers) : NULL;
    char *upper = lowers ? layer_new(disk_layers(), spec.id, lowers[0]) : NULL;
    int root = upper ? payload_root(lowers, upper) : -1;
    free(id);
    struct writer none = {0};
    answer(MESSAGE_ROLLBACK_DONE, &none, root);
    if (root < 0) {
        layer_discard(upper, spec.id);
        lowers_free(lowers);
        return;
    }
    char *old_upper = history.upper, **old_lowers = history.lowers;
    history.upper = upper;
    history.lowers = lowers;
    leave_behind(old_upper, old_lowers);
}
