/* `<snapshots>/<id>.json`, as guest/PROTOCOL.md gives it. Only keepers write such files, so a record is recognised by the
 * exact bytes that this file writes; a quote inside a text is always escaped, so no text can look like a key. */
#ifndef SANDSTACK_SNAPSHOT_RECORD_H
#define SANDSTACK_SNAPSHOT_RECORD_H
#include <stdbool.h>
#include <stdint.h>

struct snapshot {
    const char *id, *description;
    uint64_t created_ms;
    bool keep;
    char **lowers; /* top first */
    char **shared; /* layers that it holds references on */
};

bool snapshot_id_valid(const char *id);
bool snapshot_record_exists(const char *id);
/* False with a fault. */
bool snapshot_record_write(const struct snapshot *s);
void snapshot_record_remove(const char *id);
/* Ids of this sandbox's snapshots that end with it: malloc'ed, NULL-terminated; NULL if out of memory. */
char **snapshot_records_of_sandbox(void);
#endif
