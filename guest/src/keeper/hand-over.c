#include "hand-over.h"
#include <unistd.h>
#include "fault.h"
#include "hierarchies.h"
#include "launcher.h"
#include "message.h"
#include "mounts.h"
#include "protocol.h"
#include "spec.h"

static void write_config(struct writer *w) {
    writer_text(w, TAG_ID, spec.id);
    writer_text(w, TAG_TIER, spec.tier);
    writer_text(w, TAG_USER, spec.user);
    for (char **variable = spec.env; *variable; variable++) writer_text(w, TAG_ENV, *variable);
    if (spec.cwd) writer_text(w, TAG_CWD, spec.cwd);
    if (!spec.is_nspawn) writer_number(w, TAG_UID_BASE, spec.uid_base);
    writer_number(w, TAG_DEADLINE, spec.deadline_ms);
    writer_number(w, TAG_STARTED, spec.started_ms);
    writer_number(w, TAG_MEM_LIMIT, spec.memory);
    writer_number(w, TAG_PIDS_LIMIT, spec.processes);
    writer_number(w, TAG_DISK_LIMIT, spec.disk);
    writer_number(w, TAG_CPUS, spec.cpus);
}

/* Frees w and closes the descriptors. */
static bool send(uint16_t number, struct writer *w, const int *descriptors, size_t count) {
    bool sent = !w->failed && (message_send(launcher_control, number, w->data, w->length, descriptors, count) == 0 ||
                               fault_errno("telling the guest"));
    for (size_t i = 0; i < count; i++) close(descriptors[i]);
    writer_free(w);
    return sent;
}

/* nspawn's guest has a /proc. This one shows processes alone, and nothing in it can be written. */
static bool add_processes(struct writer *w, int *descriptors, size_t *count) {
    static const char *const options[] = {"subset", "pid", NULL};
    if (spec.is_nspawn) return true;
    int proc = mount_new("proc", MOUNT_READ_ONLY | MOUNT_NO_SUID | MOUNT_NO_DEVICES | MOUNT_NO_EXEC, options);
    if (proc < 0 || *count == MESSAGE_DESCRIPTORS) return false;
    writer_text(w, TAG_CGROUP, "proc");
    descriptors[(*count)++] = proc;
    return true;
}

bool hand_over_config(int listening_fd) {
    int descriptors[MESSAGE_DESCRIPTORS] = {listening_fd};
    size_t count = 1;
    struct writer w = {0};
    write_config(&w);
    /* What is not whole is not sent. */
    if (!hierarchies_open(&w, descriptors, &count) || !add_processes(&w, descriptors, &count)) w.failed = true;
    return send(MESSAGE_CONFIG, &w, descriptors, count);
}

bool hand_over_root(int root) {
    static struct message answer;
    struct writer w = {0};
    if (!send(MESSAGE_ROOT, &w, &root, 1)) return false;
    if (launcher_wait_started() == 0 || !launcher_wait_readable()) return false;
    bool ready = message_receive(launcher_control, &answer) == 1 && answer.number == MESSAGE_READY;
    message_close(&answer);
    return ready || launcher_wait_end();
}
