#include "disk.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fault.h"
#include "layers.h"
#include "path.h"
#include "scratch.h"
#include "spec.h"

/* Of ext4: `_IOR('X', 125, __u32)`; 2 discards what is in memory. */
#define SHUTDOWN _IOR('X', 125, uint32_t)
enum { SHUTDOWN_DISCARD = 2, TRIES = 50, CHUNK = 1 << 20, WAIT_US = 1000, WAITS = 2000 };

static int loop_number = -1;
static bool mounted;

static struct path mount_path(void) {
    return path_of("%s/mnt/disk", spec.entry_dir);
}

const char *disk_layers(void) {
    static struct path path;
    if (!spec.disk) return spec.layers_dir;
    path = mount_path();
    return path.text;
}

bool disk_holds(const char *path) {
    return spec.disk && strncmp(path, disk_layers(), strlen(disk_layers())) == 0;
}

/* Data only: the template is a file of holes with a few blocks in it. */
static bool copy_data(int from, int to, off_t size) {
    for (off_t data = lseek(from, 0, SEEK_DATA); data >= 0 && data < size; data = lseek(from, data, SEEK_DATA)) {
        off_t hole = lseek(from, data, SEEK_HOLE), out = data;
        while (data < hole) {
            size_t piece = hole - data < CHUNK ? (size_t)(hole - data) : CHUNK;
            if (copy_file_range(from, &data, to, &out, piece, 0) <= 0) return false;
        }
    }
    return ftruncate(to, size) == 0;
}

static int clone_template(void) {
    struct path disk = path_of("%s/%s.disk", spec.layers_dir, spec.id), image = path_of("%s/image", disk.text);
    struct stat info;
    if (mkdir(disk.text, 0700) < 0 || mkdir(path_of("%s/refs", disk.text).text, 0700) < 0 || !layer_take(disk.text, spec.id)) {
        fault_errno("making %s", disk.text);
        return -1;
    }
    int from = open(spec.disk_template ? spec.disk_template : "", O_RDONLY | O_CLOEXEC);
    int to = open(image.text, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool cloned = from >= 0 && to >= 0 && fstat(from, &info) == 0 && (ioctl(to, FICLONE, from) == 0 || copy_data(from, to, info.st_size));
    if (!cloned) fault_errno("making %s", image.text);
    if (from >= 0) close(from);
    if (cloned) return to;
    if (to >= 0) close(to);
    return -1;
}

/* Somebody else may take the free device in between. */
static int attach_loop(int image) {
    struct loop_config config = {.fd = (unsigned)image, .info.lo_flags = LO_FLAGS_AUTOCLEAR};
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), loop = -1;
    for (int i = 0; control >= 0 && loop < 0 && i < TRIES; i++) {
        loop_number = ioctl(control, LOOP_CTL_GET_FREE);
        if (loop_number < 0) break;
        loop = open(path_of("/dev/loop%d", loop_number).text, O_RDWR | O_CLOEXEC);
        if (loop >= 0 && ioctl(loop, LOOP_CONFIGURE, &config) == 0) break;
        int error = errno;
        if (loop >= 0) close(loop);
        loop = -1;
        errno = error;
        if (error != EBUSY && error != ENOENT) break;
        usleep(WAIT_US);
    }
    if (loop < 0) fault_errno("taking a loop device");
    if (control >= 0) close(control);
    return loop;
}

bool disk_start(void) {
    if (!spec.disk) return true;
    int image = clone_template();
    int loop = image < 0 ? -1 : attach_loop(image);
    if (image >= 0) close(image);
    if (loop < 0 || !scratch_directory("disk")) return false;
    mounted = mount(path_of("/dev/loop%d", loop_number).text, "disk", "ext4", MS_NOSUID | MS_NODEV | MS_NOATIME, "") == 0;
    if (!mounted) fault_errno("mounting the sandbox's disk");
    else disk_reserve_keep();
    close(loop);
    return mounted;
}

static bool loop_is_free(void) {
    return access(path_of("/sys/block/loop%d/loop/backing_file", loop_number).text, F_OK) < 0;
}

void disk_stop(void) {
    if (!mounted) return;
    int root = open("disk", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    uint32_t how = SHUTDOWN_DISCARD;
    if (root >= 0) {
        ioctl(root, SHUTDOWN, &how);
        close(root);
    }
    umount2("disk", MNT_DETACH);
    mounted = false;
    for (int i = 0; i < WAITS && !loop_is_free(); i++) usleep(WAIT_US);
}
