#include "keeper-copy.h"
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "disk.h"
#include "fault.h"
#include "history.h"
#include "keeper-snapshot.h"
#include "layers.h"
#include "path.h"
#include "spec.h"
#include "tree.h"

enum { LITTLE = 1 << 20 };

/* One at a time: the guest asks for the next when it has the answer. */
static struct {
    pid_t pid;
    struct snapshot_request request;
    char **from;   /* directories, NULL-terminated */
    char **layers; /* their copies */
    char **lowers; /* of the snapshot */
} copy;

static void forget(void) {
    lowers_free(copy.from);
    lowers_free(copy.layers);
    lowers_free(copy.lowers);
    free(copy.request.id);
    free(copy.request.description);
    memset(&copy, 0, sizeof copy);
}

/* Which lowers are copied: the top, and of a snapshot that outlives the sandbox's disk all that is in that. */
static bool plan(const struct snapshot_request *r) {
    const char *directory = r->keep ? spec.layers_dir : disk_layers();
    struct path top = path_of("%s/diff", history.upper);
    copy.lowers = history_lowers_with(top.text);
    size_t count = 0, at = 0;
    for (char **l = copy.lowers; l && *l; l++) count++;
    copy.from = calloc(count + 1, sizeof *copy.from);
    copy.layers = calloc(count + 1, sizeof *copy.layers);
    if (!copy.lowers || !copy.from || !copy.layers) return fault_errno("planning a copy");
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && !(r->keep && disk_holds(copy.lowers[i]))) continue;
        copy.layers[at] = layer_new(directory, r->id, copy.lowers[i]);
        if (!copy.layers[at]) return false;
        copy.from[at] = copy.lowers[i];
        copy.lowers[i] = strdup(path_of("%s/diff", copy.layers[at++]).text);
        if (!copy.lowers[i]) return fault_errno("planning a copy");
    }
    return true;
}

static void remove_copies(void) {
    for (char **layer = copy.layers; layer && *layer; layer++) layer_release(*layer, copy.request.id);
    if (copy.layers) tree_remove(copy.layers);
}

bool copy_start(const struct snapshot_request *r) {
    copy.request = (struct snapshot_request){strdup(r->id), strdup(r->description), r->keep};
    bool planned = copy.request.id && copy.request.description && plan(&copy.request);
    copy.pid = planned ? fork() : -1;
    if (copy.pid == 0) {
        for (size_t i = 0; copy.from[i]; i++)
            if (!tree_copy(copy.from[i], path_of("%s/diff", copy.layers[i]).text)) _exit(1);
        _exit(0);
    }
    if (copy.pid > 0) return true;
    fault_errno("copying");
    remove_copies();
    forget();
    return false;
}

static bool is_full(const char *directory) {
    struct statvfs info;
    return statvfs(directory, &info) == 0 && (info.f_bavail * info.f_frsize < LITTLE || info.f_favail == 0);
}

void copy_ended(pid_t pid, int status) {
    if (pid != copy.pid || pid == 0) return;
    const char *layer = copy.layers[0];
    fault_clear();
    if (status != 0 && is_full(layer)) fault_set("NO_SPACE", "copying the sandbox's files to %s: the disk is full", layer);
    else if (status != 0) fault_set("INTERNAL", "copying the sandbox's files to %s failed", layer);
    snapshot_copied(&copy.request, copy.lowers);
    if (fault.code[0]) remove_copies();
    forget();
}
