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

static bool write_file(const char *name, const char *content) {
    if (access(name, F_OK) == 0) return true;
    if (!file_put(name, content)) return false;
    bool given = chmod(name, 0644) == 0 && chown(name, spec.uid_base, spec.uid_base) == 0;
    return given || fault_errno("giving the sandbox a file that it is shown");
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
