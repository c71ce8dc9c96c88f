#include "layers.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fault.h"
#include "path.h"
#include "snapshot-record.h"
#include "spec.h"
#include "tree.h"

static unsigned next_number;

static bool make(const char *layer, const char *user, const char *like) {
    struct stat top;
    if (stat(like, &top) < 0) return fault_errno("layer %s", like);
    if (mkdir(layer, 0755) < 0 || mkdir(path_of("%s/refs", layer).text, 0755) < 0) return fault_errno("making %s", layer);
    struct path diff = path_of("%s/diff", layer);
    bool made = layer_take(layer, user) && mkdir(diff.text, 0755) == 0 && chown(diff.text, top.st_uid, top.st_gid) == 0 &&
                chmod(diff.text, top.st_mode & 07777) == 0;
    return made || fault_errno("making %s", diff.text);
}

char *layer_new(const char *directory, const char *user, const char *like) {
    struct path layer = path_of("%s/%s.%u", directory, spec.id, next_number++);
    if (make(layer.text, user, like)) return strdup(layer.text);
    char *paths[] = {layer.text, NULL};
    tree_remove(paths);
    return NULL;
}

char *layer_of(const char *lower) {
    static const char end[] = "/diff";
    size_t length = strlen(lower), tail = sizeof end - 1;
    if (length <= tail || strcmp(lower + length - tail, end) != 0) return NULL;
    struct path layer = path_of("%.*s", (int)(length - tail), lower);
    return access(path_of("%s/refs", layer.text).text, F_OK) == 0 ? strdup(layer.text) : NULL;
}

bool layer_take(const char *layer, const char *user) {
    struct path ref = path_of("%s/refs/%s", layer, user);
    int fd = open(ref.text, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return fault_errno("taking %s", layer);
    close(fd);
    return true;
}

bool layer_release(const char *layer, const char *user) {
    struct path refs = path_of("%s/refs", layer);
    unlink(path_of("%s/%s", refs.text, user).text);
    return rmdir(refs.text) == 0 || errno == ENOENT;
}

void layer_discard(char *layer, const char *user) {
    char *garbage[] = {layer, NULL};
    if (layer && layer_release(layer, user)) tree_remove(garbage);
    free(layer);
}

struct list {
    char **paths;
    size_t count;
};

static void add(struct list *l, const char *path) {
    char **paths = realloc(l->paths, (l->count + 2) * sizeof *paths);
    if (!paths) return;
    l->paths = paths;
    l->paths[l->count] = strdup(path);
    if (l->paths[l->count]) l->paths[++l->count] = NULL;
}

/* Of every layer there is: a snapshot's references may stand on layers of several sandboxes. */
static void release_snapshots(struct list *garbage) {
    char **snapshots = snapshot_records_of_sandbox();
    DIR *listing = snapshots && snapshots[0] ? opendir(spec.layers_dir) : NULL;
    for (struct dirent *entry = listing ? readdir(listing) : NULL; entry; entry = readdir(listing)) {
        struct path layer = path_of("%s/%s", spec.layers_dir, entry->d_name);
        for (char **s = snapshots; *s && entry->d_name[0] != '.'; s++) {
            if (access(path_of("%s/refs/%s", layer.text, *s).text, F_OK) < 0) continue;
            if (layer_release(layer.text, *s)) add(garbage, layer.text);
        }
    }
    if (listing) closedir(listing);
    for (char **s = snapshots; s && *s; s++) {
        snapshot_record_remove(*s);
        free(*s);
    }
    free(snapshots);
}

/* Its own layers, in order: what it was using, and what a keeper that was cut off had not yet removed. */
static void release_own(struct list *garbage) {
    DIR *listing = opendir(spec.layers_dir);
    size_t length = strlen(spec.id);
    for (struct dirent *entry = listing ? readdir(listing) : NULL; entry; entry = readdir(listing)) {
        if (strncmp(entry->d_name, spec.id, length) != 0 || entry->d_name[length] != '.') continue;
        struct path layer = path_of("%s/%s", spec.layers_dir, entry->d_name);
        if (layer_release(layer.text, spec.id)) add(garbage, layer.text);
    }
    if (listing) closedir(listing);
}

/* References on layers of others: `…/<layer>/refs/<id>`. */
static void release_shared(struct list *garbage) {
    for (char **ref = spec.layer_refs; *ref; ref++) {
        const char *refs = strstr(*ref, "/refs/");
        if (!refs) continue;
        struct path layer = path_of("%.*s", (int)(refs - *ref), *ref);
        if (access(layer.text, F_OK) == 0 && layer_release(layer.text, spec.id)) add(garbage, layer.text);
    }
}

bool layers_end(void) {
    struct list garbage = {calloc(1, sizeof(char *)), 0};
    if (!garbage.paths) return fault_errno("removing layers");
    release_snapshots(&garbage);
    release_own(&garbage);
    release_shared(&garbage);
    bool removed = tree_remove(garbage.paths);
    for (size_t i = 0; i < garbage.count; i++) free(garbage.paths[i]);
    free(garbage.paths);
    return removed;
}
