/* INFO, METRICS, END_SANDBOX. */
#include <sys/statvfs.h>
#include "end.h"
#include "guest.h"
#include "payload.h"
#include "verbs.h"

static void write_limits(struct writer *w) {
    writer_number(w, TAG_MEM_LIMIT, guest.memory);
    writer_number(w, TAG_PIDS_LIMIT, guest.processes);
    writer_number(w, TAG_CPUS, guest.cpus);
    if (guest.disk) writer_number(w, TAG_DISK_LIMIT, guest.disk);
}

static void info_open(struct stream *s, const struct fields *f) {
    (void)f;
    struct writer w = {0};
    writer_text(&w, TAG_ID, guest.id);
    writer_text(&w, TAG_TIER, guest.tier);
    writer_number(&w, TAG_STARTED, guest.started_ms);
    writer_number(&w, TAG_DEADLINE, guest.deadline_ms);
    writer_text(&w, TAG_USER, guest.user);
    writer_text(&w, TAG_STATE, "running");
    write_limits(&w);
    stream_end(s, &w);
}

static void metrics_open(struct stream *s, const struct fields *f) {
    (void)f;
    struct writer w = {0};
    struct statvfs disk;
    uint64_t value;
    if (payload_cpu(&value)) writer_number(&w, TAG_CPU_NS, value);
    if (payload_memory(&value)) writer_number(&w, TAG_MEM_BYTES, value);
    if (payload_pids(&value)) writer_number(&w, TAG_PIDS, value);
    /* An overlay gives the numbers of the file system below its upper layer: with a limit that is the sandbox's own. */
    if (guest.disk && fstatvfs(guest.root_fd, &disk) == 0)
        writer_number(&w, TAG_DISK_USED, (uint64_t)(disk.f_blocks - disk.f_bfree) * disk.f_frsize);
    write_limits(&w);
    stream_end(s, &w);
}

static void end_open(struct stream *s, const struct fields *f) {
    (void)f;
    stream_end(s, NULL);
    end_begin(HOW_KILLED);
}

const struct verb verb_info = {.number = VERB_INFO, .at_once = true, .open = info_open};
const struct verb verb_metrics = {.number = VERB_METRICS, .at_once = true, .open = metrics_open};
const struct verb verb_end_sandbox = {.number = VERB_END_SANDBOX, .at_once = true, .open = end_open};
