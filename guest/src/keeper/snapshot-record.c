#include "snapshot-record.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fault.h"
#include "path.h"
#include "spec.h"

enum { RANDOM_LENGTH = 12 };

bool snapshot_id_valid(const char *id) {
    static const char prefix[] = "snap-", letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    size_t start = sizeof prefix - 1;
    return strncmp(id, prefix, start) == 0 && strlen(id) == start + RANDOM_LENGTH &&
           strspn(id + start, letters) == RANDOM_LENGTH;
}

static struct path record_path(const char *id) {
    return path_of("%s/%s.json", spec.snapshots_dir, id);
}

bool snapshot_record_exists(const char *id) {
    return access(record_path(id).text, F_OK) == 0;
}

void snapshot_record_remove(const char *id) {
    unlink(record_path(id).text);
}

static void print_text(FILE *out, const char *text) {
    fputc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at == '"' || *at == '\\') fprintf(out, "\\%c", *at);
        else if (*at < 0x20) fprintf(out, "\\u%04x", *at);
        else fputc(*at, out);
    }
    fputc('"', out);
}

static void print_texts(FILE *out, char *const *texts) {
    fputc('[', out);
    for (char *const *t = texts; *t; t++) {
        if (t != texts) fputc(',', out);
        print_text(out, *t);
    }
    fputc(']', out);
}

bool snapshot_record_write(const struct snapshot *s) {
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out) return fault_errno("writing a snapshot's record");
    fprintf(out, "{\"id\":\"%s\",\"sandbox\":\"%s\",\"createdAt\":%llu,\"description\":", s->id, spec.id,
            (unsigned long long)s->created_ms);
    print_text(out, s->description);
    fprintf(out, ",\"keep\":%s,\"layers\":", s->keep ? "true" : "false");
    print_texts(out, s->lowers);
    fputs(",\"shared\":", out);
    print_texts(out, s->shared);
    fputs("}\n", out);
    bool written = fclose(out) == 0 && file_put(record_path(s->id).text, text);
    free(text);
    return written;
}

/* Whether a record is of this sandbox, and ends with it. */
static bool ends_with_sandbox(const char *file) {
    struct path path = path_of("%s/%s", spec.snapshots_dir, file);
    int fd = open(path.text, O_RDONLY | O_CLOEXEC);
    struct stat info;
    char *text = fd >= 0 && fstat(fd, &info) == 0 ? calloc(1, (size_t)info.st_size + 1) : NULL;
    bool whole = text && read(fd, text, (size_t)info.st_size) == info.st_size;
    bool ends = whole && strstr(text, path_of("\"sandbox\":\"%s\"", spec.id).text) && strstr(text, "\"keep\":false");
    if (fd >= 0) close(fd);
    free(text);
    return ends;
}

char **snapshot_records_of_sandbox(void) {
    static const char end[] = ".json";
    char **ids = calloc(1, sizeof *ids);
    size_t count = 0;
    DIR *listing = opendir(spec.snapshots_dir);
    for (struct dirent *entry = listing ? readdir(listing) : NULL; ids && entry; entry = readdir(listing)) {
        size_t length = strlen(entry->d_name), tail = sizeof end - 1;
        if (length <= tail || strcmp(entry->d_name + length - tail, end) != 0 || !ends_with_sandbox(entry->d_name)) continue;
        char **more = realloc(ids, (count + 2) * sizeof *ids);
        if (!more) break;
        ids = more;
        ids[count] = strndup(entry->d_name, length - tail);
        if (ids[count]) ids[++count] = NULL;
    }
    if (listing) closedir(listing);
    return ids;
}
