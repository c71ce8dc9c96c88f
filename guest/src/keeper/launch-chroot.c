/* chroot: the guest in a network namespace of its own, on its tiny read-only root. */
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "fault.h"
#include "launcher.h"
#include "mounts.h"
#include "scratch.h"
#include "spec.h"

/* The guest's own /dev/null: it must never need the payload's. */
static bool put_null(void) {
    static const char *const options[] = {"mode", "755", "size", "4k", NULL};
    int dev = mount_new("tmpfs", MOUNT_NO_SUID | MOUNT_NO_EXEC, options);
    if (dev < 0) return false;
    mode_t old = umask(0);
    bool made = mknodat(dev, "null", S_IFCHR | 0666, makedev(1, 3)) == 0;
    umask(old);
    if (!made) fault_errno("making the guest's /dev/null");
    return mount_put_at(dev, AT_FDCWD, "guest/dev") && made;
}

static bool put_root(void) {
    int root = mount_clone(AT_FDCWD, spec.guest_root, MOUNT_READ_ONLY | MOUNT_NO_SUID | MOUNT_NO_DEVICES, -1);
    if (root < 0) return false;
    if (scratch_directory("guest")) return mount_put_at(root, AT_FDCWD, "guest") && put_null();
    close(root);
    return false;
}

static bool leave_network(void) {
    struct ifreq request = {.ifr_flags = IFF_UP | IFF_RUNNING};
    strcpy(request.ifr_name, "lo");
    if (strcmp(spec.network, "host") == 0) return true;
    int fd = unshare(CLONE_NEWNET) < 0 ? -1 : socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool left = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    if (fd >= 0) close(fd);
    return left || fault_errno("making a network namespace");
}

void launch_chroot(void) {
    const char *const argv[] = {"sandstack-guest", "guest", NULL}, *const environment[] = {NULL};
    if (!put_root() || !leave_network()) return;
    if (chdir("guest") == 0 && chroot(".") == 0) execve("/sandstack-guest", (char *const *)argv, (char *const *)environment);
    fault_errno("starting the guest");
}
