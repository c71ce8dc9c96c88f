#include "entry.h"
#include <string.h>
#include "guest.h"
#include "protocol.h"

enum { RANGE = 65536, NOBODY = 65534 };

uint32_t entry_id(uint32_t id) {
    if (guest.only_uid && id == guest.only_uid) return id;
    return id - guest.uid_base < RANGE ? id - guest.uid_base : NOBODY;
}

static uint64_t kind_of(mode_t mode) {
    if (S_ISREG(mode)) return ENTRY_KIND_FILE;
    if (S_ISDIR(mode)) return ENTRY_KIND_DIRECTORY;
    return S_ISLNK(mode) ? ENTRY_KIND_SYMLINK : ENTRY_KIND_OTHER;
}

/* A payload can set any time. One that nanoseconds since 1970 have no room for is told in seconds, which an older client
 * does not look at: for that it is 1970. */
static void write_modified(struct writer *w, const struct timespec *t) {
    uint64_t whole;
    bool fits = t->tv_sec >= 0 && !__builtin_mul_overflow((uint64_t)t->tv_sec, 1000000000u, &whole) &&
                !__builtin_add_overflow(whole, (uint64_t)t->tv_nsec, &whole);
    writer_number(w, TAG_MTIME, fits ? whole : (uint64_t)t->tv_nsec);
    if (!fits) writer_number(w, TAG_MTIME_SECONDS, (uint64_t)t->tv_sec);
}

void entry_write_stat(struct writer *w, const struct stat *info) {
    writer_number(w, TAG_KIND, kind_of(info->st_mode));
    writer_number(w, TAG_SIZE, (uint64_t)info->st_size);
    writer_number(w, TAG_MODE, info->st_mode & 07777);
    write_modified(w, &info->st_mtim);
}

static void look_up(struct entry_names *n, const struct stat *info) {
    if (!n->user_known || n->uid != info->st_uid) {
        if (!account_user_name(info->st_uid, n->user, sizeof n->user)) n->user[0] = 0;
        n->uid = info->st_uid;
        n->user_known = true;
    }
    if (!n->group_known || n->gid != info->st_gid) {
        if (!account_group_name(info->st_gid, n->group, sizeof n->group)) n->group[0] = 0;
        n->gid = info->st_gid;
        n->group_known = true;
    }
}

static void write_name(struct writer *w, const char *path) {
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/') end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/') start--;
    if (start == end) start = 0; /* the root */
    writer_bytes(w, TAG_NAME, path + start, end - start);
}

void entry_write(struct writer *w, const char *path, const struct stat *info, const char *target, struct entry_names *names) {
    look_up(names, info);
    writer_text(w, TAG_PATH, path);
    write_name(w, path);
    entry_write_stat(w, info);
    writer_number(w, TAG_UID, entry_id(info->st_uid));
    writer_number(w, TAG_GID, entry_id(info->st_gid));
    if (names->user[0]) writer_text(w, TAG_USER, names->user);
    if (names->group[0]) writer_text(w, TAG_GROUP, names->group);
    if (target) writer_text(w, TAG_TARGET, target);
}
