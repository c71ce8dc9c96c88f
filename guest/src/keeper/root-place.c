#include "root-place.h"
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fault.h"
#include "mounts.h"
#include "path.h"

/* A directory of the guest's root that nobody needs. */
#define PLACE "/var"

enum { NONE = -1, PLACES = 2 };

static int namespace = -1; /* the guest, as a pidfd */
static int own_namespace = -1, own_root = -1, scratch = -1;
static int used = NONE, fresh = NONE;

static struct path name_of(int place) {
    return path_of(PLACE "/%d", place);
}

static bool enter(void) {
    return setns(namespace, CLONE_NEWNS) == 0 || fault_errno("entering the guest's mounts");
}

/* Nothing of this process may ever be looked up elsewhere than at home. */
static void leave(void) {
    bool back = setns(own_namespace, CLONE_NEWNS) == 0 && fchdir(own_root) == 0 && chroot(".") == 0 && fchdir(scratch) == 0;
    if (!back) abort();
}

static bool know_home(void) {
    own_namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    own_root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    scratch = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return (own_namespace >= 0 && own_root >= 0 && scratch >= 0) || fault_errno("opening the keeper's mounts");
}

static bool make_places(int directory) {
    for (int i = 0; i < PLACES; i++)
        if (mkdirat(directory, path_of("%d", i).text, 0755) < 0) return fault_errno("making a place for the sandbox's root");
    return true;
}

/* Else each root would be copied wherever the guest's mounts are. */
static bool put_places(int places) {
    return mount_put_at(places, AT_FDCWD, PLACE) &&
           (mount(NULL, PLACE, NULL, MS_PRIVATE, NULL) == 0 || fault_errno("making a place for the sandbox's root"));
}

bool root_place_start(int pidfd) {
    static const char *const options[] = {"mode", "755", "size", "4k", NULL};
    int places = mount_new("tmpfs", MOUNT_NO_SUID | MOUNT_NO_DEVICES | MOUNT_NO_EXEC, options);
    namespace = fcntl(pidfd, F_DUPFD_CLOEXEC, 3);
    if (places < 0 || namespace < 0 || !make_places(places) || !know_home() || !enter()) return fault_errno("making a place for the sandbox's root");
    bool put = put_places(places);
    leave();
    return put;
}

bool root_place_put(int tree) {
    if (namespace < 0) return true;
    int copy = fcntl(tree, F_DUPFD_CLOEXEC, 3);
    if (copy < 0 || !enter()) return fault_errno("placing the sandbox's root");
    int place = used == 0;
    bool put = mount_put_at(copy, AT_FDCWD, name_of(place).text);
    leave();
    if (put) fresh = place;
    return put;
}

void root_place_tidy(bool taken) {
    int gone = fresh == NONE ? NONE : taken ? used : fresh;
    if (fresh != NONE && taken) used = fresh;
    fresh = NONE;
    if (gone == NONE || !enter()) return;
    umount2(name_of(gone).text, MNT_DETACH);
    leave();
}
