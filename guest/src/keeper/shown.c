/* Files that are shown in the place of the image's own. Each is written once, into the scratch, as the sandbox's root's. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "fault.h"
#include "mounts.h"
#include "path.h"
#include "payload-root.h"
#include "spec.h"

static bool write_all(int fd, const char *text) {
    for (size_t left = strlen(text); left > 0;) {
        ssize_t written = write(fd, text, left);
        if (written < 0) return false;
        text += written;
        left -= (size_t)written;
    }
    return true;
}

static bool write_file(const char *name, const char *content) {
    if (access(name, F_OK) == 0) return true;
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool written = fd >= 0 && fchown(fd, spec.uid_base, spec.uid_base) == 0 && write_all(fd, content);
    if (fd >= 0) close(fd);
    return written || fault_errno("writing a file that the sandbox is shown");
}

/* `inside`, a newline, the content. The payload may have put anything there, or nothing. */
static bool put_one(int root, const char *file, const char *name) {
    const char *newline = strchr(file, '\n');
    struct open_how how = {.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS};
    struct path inside = path_of("%.*s", newline ? (int)(newline - file) : 0, file);
    struct stat info;
    int target = (int)syscall(SYS_openat2, root, inside.text, &how, sizeof how);
    if (newline && target >= 0 && fstat(target, &info) == 0 && S_ISREG(info.st_mode))
        return mount_put(mount_clone(AT_FDCWD, name, MOUNT_READ_ONLY, -1), target);
    if (target >= 0) close(target);
    return true;
}

bool shown_write(void) {
    for (size_t i = 0; spec.files[i]; i++) {
        const char *newline = strchr(spec.files[i], '\n');
        if (newline && !write_file(path_of("f%zu", i).text, newline + 1)) return false;
    }
    return true;
}

bool shown_put(int root) {
    for (size_t i = 0; spec.files[i]; i++)
        if (!put_one(root, spec.files[i], path_of("f%zu", i).text)) return false;
    return true;
}
